#!/bin/sh
# Make the images that docker-compose.yml is built on out of Debian packages, for
# places that reach a Debian mirror but no registry. Needs root, debootstrap, Docker.
#
#   config/docker/base-images.sh [FOLDER]      # FOLDER: where Debian is unpacked
#
# It makes farm-made/python, farm-made/redis, farm-made/postgres and
# farm-made/prometheus; config/docker/made.env names them to Compose.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
suite=${DEBIAN_SUITE:-bookworm}
mirror=${DEBIAN_MIRROR:-} # empty: that of debootstrap itself
folder=${1:-$(mktemp -d)}
docker=${DOCKER:-docker}

if [ ! -e "$folder/etc/debian_version" ]; then
  debootstrap --variant=minbase --include=ca-certificates "$suite" "$folder" $mirror
fi
tar -C "$folder" --exclude=./var/cache/apt/archives/*.deb -c . |
  "$docker" import --change 'CMD ["/bin/sh"]' - farm-made/debian

for name in python redis postgres prometheus; do
  # the network of the host: a build has the names and mirrors that the host has
  "$docker" build --network host --target "$name" -t "farm-made/$name" \
    -f "$here/made.Dockerfile" "$here"
done

#!/bin/sh
# Make the secrets that docker-compose.yml mounts: new random passwords, one file each.
#
#   config/docker/make-secrets.sh [FOLDER]      # default: secrets
#
# The folder is for its owner alone. The files in it are readable by all, since each is
# mounted alone into a container whose user has another number.
# What is there is kept: delete a file and those with the same password to renew them.
set -eu
command -v od > /dev/null || { echo "make-secrets.sh: there is no od here" >&2; exit 1; }
folder=${1:-secrets}
mkdir -p "$folder"
chmod 700 "$folder"
cd "$folder"

new() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }
keep() { # NAME, and its text on the standard input
  if [ -e "$1" ]; then cat > /dev/null; else cat > "$1" && chmod 444 "$1"; fi
}

new | keep postgres_password
new | keep grafana_password
printf 'farm:%s\n' "$(new)" | keep flower_login
printf 'requirepass %s\n' "$(new)" | keep broker_config
printf 'postgresql://farm:%s@postgres/farm\n' "$(cat postgres_password)" |
  keep database_url
printf 'redis://:%s@broker:6379/0\n' "$(sed -n 's/^requirepass //p' broker_config)" |
  keep broker_url

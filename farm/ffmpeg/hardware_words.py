"""Words in the names of coders that run on hardware."""

from __future__ import annotations

#: How the name of a coder ends that runs on hardware, and the way to that.
WAYS = {
    **{f"_{way}": way for way in ("nvenc", "vaapi", "qsv", "amf", "vulkan")},
    **{f"_{way}": way for way in ("v4l2m2m", "cuvid", "videotoolbox", "mf", "omx")},
    **{f"_{way}": way for way in ("rkmpp", "mediacodec", "d3d12va", "mmal")},
}

"""Exit 0 while the site in this container is ready; asks as the proxy would, so that no redirect is in the way."""

import os
import sys
import urllib.error
import urllib.request

host = os.environ.get("DCMM_ALLOWED_HOSTS", "localhost").split(",")[0].strip().lstrip(".")
request = urllib.request.Request(
    "http://127.0.0.1:8000/readyz", headers={"Host": host, "X-Forwarded-Proto": "https", "X-Forwarded-For": "127.0.0.1"}
)
try:
    with urllib.request.urlopen(request, timeout=4) as answer:  # noqa: S310
        sys.exit(0 if answer.status == 200 else 1)
except (urllib.error.URLError, OSError) as problem:
    sys.exit(f"not ready: {problem}")

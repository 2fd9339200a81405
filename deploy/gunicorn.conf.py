"""How gunicorn serves the site; the figures may be set in the environment."""

import os

bind = os.environ.get("DCMM_BIND", "0.0.0.0:8000")
# Threads, because uploads of evidence and building of reports wait more than they compute: without them each would stop
# a whole worker for everybody. Short requests are somewhat slower for it (docs/performance.md).
worker_class = "gthread"
workers = int(os.environ.get("DCMM_WORKERS", "2"))
threads = int(os.environ.get("DCMM_THREADS", "4"))
# An evidence file of the largest size over a slow line takes minutes.
timeout = int(os.environ.get("DCMM_TIMEOUT", "180"))
graceful_timeout = 60
# Memory that building of PDF reports leaves behind is given back from time to time, not by all workers at once.
max_requests = 2000
max_requests_jitter = 400
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108
# Nothing is steered through a socket; the container cannot write beside its volume anyway.
control_socket_disable = True
accesslog = "-"
# The address the proxy saw, not the proxy's own; no query strings, for they may hold what people searched for.
access_log_format = '%({x-forwarded-for}i)s "%(m)s %(U)s" %(s)s %(b)s %(M)sms'

"""What makes an operating system call digest every five minutes: the texts and the steps.  Pure: nothing is done here.

Each module knows one way (systemd, cron, launchd, Windows): `install(job, …)` and `uninstall(job, …)` return steps,
which digest.app.operation.timers takes or, for a dry run, tells.
"""

"""The command line as its users meet it: what they type, what they read, which exit code their cron sees."""

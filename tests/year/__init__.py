"""A newsroom, a mail server, a machine and its operator over months: what they share, and the account at the end."""

"""The daemon: sleeps until there is something to do, and then lets `digest run` do it.

It decides nothing about editions and mails.  Each run is a process of its own, `python -m digest run`: what a parser
or a segmenter holds in memory is given back with it, its crash takes nothing along, and what holds for a run that cron
started (one at a time, safe to kill, nothing twice) holds here too.
"""

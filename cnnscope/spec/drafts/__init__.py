"""Printed tables -> drafts -> programs: what several dialects share, and the longer ones' parts.

`draft` holds the network as a table prints it, `solve` finds what it leaves unsaid, `drafted` makes a Program of both;
`titles` and `printed` read columns and cells, `modules` and `habits` hold what papers mean without saying it.
"""

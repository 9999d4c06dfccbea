"""Jobs: their states, the nodes they wait for, and the tasks that carry them out.

A command job is a process; sweeps and pipelines only supervise children, which are jobs of their own.
"""

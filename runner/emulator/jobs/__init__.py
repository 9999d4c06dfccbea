"""Jobs: their states, their records, the nodes they wait for, and the task that carries one out."""

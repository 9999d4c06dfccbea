"""The embedded workspace: a server on loopback that speaks enough of Azure ML for the unmodified SDK to drive it.

It knows nothing of the engine, and the engine nothing of it: it is started as a process (`python -m runner.emulator`)
and met through an endpoint, a credential and a CA file.
"""

"""The one door to the service: connections and credentials, reads over REST, writes through the SDK, errors wrapped.

Nothing outside this package imports `azure.*`. The SDK is imported by the writer alone, and late: it costs a second.
"""

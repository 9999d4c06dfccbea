"""Our verdict on files of specs beside the SDK's: `make corpus DIR=...`. Not shipped, and no test runs it whole."""

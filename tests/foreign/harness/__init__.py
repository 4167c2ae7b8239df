"""What the tests stand on: a machine of one's own, servers on loopback, and a proxy that counts and holds calls."""

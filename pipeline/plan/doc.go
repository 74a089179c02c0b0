// Package plan decides what every difference between desired and current means, and writes it down: the changes, the requests
// that carry them, what is held and by which code. Compute is pure: no clock, no context, no input or output, no randomness; the
// same input gives the same plan, byte for byte.
package plan

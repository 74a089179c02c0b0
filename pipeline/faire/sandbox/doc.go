// Package sandbox is a stateful, validating, fault-injecting Faire as an http.Handler: the catalogue part of External API v2 under
// /external-api/v2, with the rules T, P, V, I and B of contract §17, and control endpoints under /_sandbox/. README.md lists
// every switch and which rules are guesses.
package sandbox

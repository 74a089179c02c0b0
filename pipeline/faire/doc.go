// Package faire is the typed client of Faire's External API v2, for the endpoints a catalogue sync uses. wire.go has the JSON
// shapes, errors.go what a refusal means, transport.go the chain of round trippers every request passes.
package faire

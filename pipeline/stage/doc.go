// Package stage holds what one run was delivered, as values: tables of text with named columns, batches of rows, the manifest
// that counts and digests them, and the gate that refuses a delivery no run should act on.
//
// Everything a source delivers is text here. Relations of sql/10_clean turn text into numbers, keys and money, where an
// analyst can read and argue about it.
package stage

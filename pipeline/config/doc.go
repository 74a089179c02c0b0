// Package config reads the one strict YAML file a brand has (design §7) into a value. An unknown key is an error with line
// and excerpt. Secrets are named in it, never written: they are resolved by cmd, which alone reads the environment.
package config

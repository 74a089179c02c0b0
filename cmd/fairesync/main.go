// Command fairesync keeps what a brand sells on Faire equal to the brand's WMS or OMS. docs/architecture.md tells what happens in
// a run, and where.
package main

import (
	"crypto/rand"
	mathrand "math/rand/v2"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() { os.Exit(execute(realWorld())) }

// realWorld is the process with its environment, clock and randomness. Nothing else reads these.
func realWorld() world {
	interrupts := make(chan os.Signal, 2)
	signal.Notify(interrupts, os.Interrupt, syscall.SIGTERM)
	signal.Ignore(syscall.SIGXFSZ) // a file that may not grow is an error of its write, also where the database writes it
	return world{
		Args: os.Args[1:], Getenv: os.Getenv, Stdout: os.Stdout, Stderr: os.Stderr,
		Now: time.Now, Random: rand.Reader, Jitter: mathrand.Float64,
		Interrupts: interrupts, Leave: os.Exit,
	}
}

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

func main() { os.Exit(realMain()) }

// realMain is the program in the real world; the scripts of script_test.go run it too.
func realMain() int {
	interrupts := make(chan os.Signal, 2)
	signal.Notify(interrupts, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(interrupts)
	return execute(world{
		Args: os.Args[1:], Getenv: os.Getenv, Stdout: os.Stdout, Stderr: os.Stderr,
		Now: time.Now, Random: rand.Reader, Jitter: mathrand.Float64,
		Interrupts: interrupts, Leave: os.Exit,
	})
}

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"os"
	"time"

	"github.com/spf13/cobra"

	"fairesync/pipeline/faire/sandbox"
	"fairesync/pipeline/source/apparelmagic/emulator"
)

func newSandboxCommand(a *app) *cobra.Command {
	var o sandboxOptions
	cmd := &cobra.Command{
		Use:   "sandbox faire|apparelmagic",
		Short: "Serve a make-believe Faire or ApparelMagic on this machine",
		Long: "sandbox serves a stateful stand-in until it is interrupted, and prints the address to put into the configuration.\n" +
			"It forgets everything when it stops. Beside the interface it serves /_sandbox/state, /_sandbox/effects and more,\n" +
			"which ask for no token: it listens on loopback addresses only.",
		Example:   "  fairesync sandbox faire --listen 127.0.0.1:8790 --seed faire.json\n  fairesync sandbox apparelmagic --listen 127.0.0.1:8791 --seed account.json --token secret",
		ValidArgs: []string{"faire", "apparelmagic"},
		Args:      exactly("faire or apparelmagic"),
		RunE: action(func(ctx context.Context, args []string) error {
			handler, path, err := o.handler(args[0], a.Now)
			if err != nil {
				return err
			}
			return a.serve(ctx, o.listen, path, handler)
		}),
	}
	cmd.Flags().StringVar(&o.listen, "listen", "127.0.0.1:0", "loopback `HOST:PORT`; port 0 picks a free one")
	cmd.Flags().StringVar(&o.seed, "seed", "", "begin with the state of `PATH`, in the shape of /_sandbox/state")
	cmd.Flags().StringVar(&o.token, "token", "", "accept this `TOKEN` only; any, if not given")
	return cmd
}

type sandboxOptions struct{ listen, seed, token string }

// handler makes the stand-in and gives the path its interface begins with.
func (o sandboxOptions) handler(kind string, now func() time.Time) (http.Handler, string, error) {
	var seed []byte
	if o.seed != "" {
		var err error
		if seed, err = os.ReadFile(o.seed); err != nil {
			return nil, "", &usageError{fmt.Errorf("--seed: %w", err), "name a file of JSON, as /_sandbox/state gives it"}
		}
	}
	unusable := func(err error) error {
		return &usageError{fmt.Errorf("--seed %s: %w", o.seed, err), "it must have the shape of /_sandbox/state"}
	}
	switch kind {
	case "faire":
		server := sandbox.New(sandbox.Options{Token: o.token, Now: now})
		if seed != nil {
			var state sandbox.State
			decoder := json.NewDecoder(bytes.NewReader(seed))
			decoder.DisallowUnknownFields()
			if err := decoder.Decode(&state); err != nil {
				return nil, "", unusable(err)
			}
			if err := server.SetState(state); err != nil {
				return nil, "", unusable(err)
			}
		}
		return server, "/external-api/v2", nil
	case "apparelmagic":
		options := emulator.Options{Token: o.token}
		if seed != nil {
			var err error
			if options.Account, err = emulator.ReadAccount(bytes.NewReader(seed)); err != nil {
				return nil, "", unusable(err)
			}
		}
		return emulator.New(options), "/api/json", nil
	}
	return nil, "", usage("write fairesync sandbox faire or fairesync sandbox apparelmagic", "there is no sandbox %q", kind)
}

// loopbackOnly refuses an address that others could reach.
func loopbackOnly(address string) error {
	const next = "use 127.0.0.1:PORT or [::1]:PORT; a sandbox asks nobody for a token"
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return usage(next, "--listen %q is not HOST:PORT", address)
	}
	if parsed, err := netip.ParseAddr(host); host != "localhost" && (err != nil || !parsed.Unmap().IsLoopback()) {
		return usage(next, "--listen %s is no loopback address", address)
	}
	return nil
}

// serve answers until the context ends.
func (a *app) serve(ctx context.Context, address, path string, handler http.Handler) error {
	if err := loopbackOnly(address); err != nil {
		return err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return &usageError{fmt.Errorf("--listen: %w", err), "pick another port; port 0 finds a free one"}
	}
	// localhost is what the machine's name service says it is.
	if at, ok := listener.Addr().(*net.TCPAddr); !ok || !at.IP.IsLoopback() {
		return errors.Join(usage("use 127.0.0.1:PORT", "--listen %s is no loopback address", address), listener.Close())
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, WriteTimeout: 5 * time.Minute,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 1 << 16}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	if err := a.listening("http://" + listener.Addr().String() + path); err != nil {
		return errors.Join(err, server.Close())
	}
	select {
	case err := <-served:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	within, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := server.Shutdown(within); err != nil {
		return errors.Join(fmt.Errorf("stop serving: %w", err), server.Close())
	}
	return nil
}

// listening prints the address, so that a script knows when it may call.
func (a *app) listening(url string) error {
	if a.json {
		return json.NewEncoder(a.Stdout).Encode(map[string]string{"type": "listening", "url": url})
	}
	_, err := fmt.Fprintln(a.Stdout, url)
	return err
}

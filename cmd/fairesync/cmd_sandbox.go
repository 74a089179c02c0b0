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
			"It forgets everything when it stops, unless --state keeps it. Beside the interface it serves /_sandbox/state,\n" +
			"/_sandbox/effects and more, which ask for no token: it listens on loopback addresses only.",
		Example:   "  fairesync sandbox faire --listen 127.0.0.1:8790 --seed faire.json\n  fairesync sandbox faire --listen 127.0.0.1:8790 --state kept.json\n  fairesync sandbox apparelmagic --listen 127.0.0.1:8791 --seed account.json --token secret",
		ValidArgs: []string{"faire", "apparelmagic"},
		Args:      exactly("faire or apparelmagic"),
		RunE: action(func(ctx context.Context, args []string) error {
			if err := loopbackOnly(o.listen); err != nil { // before the file of --state is made
				return err
			}
			handler, path, err := o.handler(args[0], a.Now)
			if err != nil {
				return err
			}
			keeper, kept := handler.(*sandbox.Keeper)
			if !kept {
				return a.serve(ctx, o.listen, path, handler)
			}
			return a.keep(ctx, keeper, func() error { return a.serve(ctx, o.listen, path, handler) })
		}),
	}
	cmd.Flags().StringVar(&o.listen, "listen", "127.0.0.1:0", "loopback `HOST:PORT`; port 0 picks a free one")
	cmd.Flags().StringVar(&o.seed, "seed", "", "begin with the state of `PATH`, in the shape of /_sandbox/state")
	cmd.Flags().StringVar(&o.state, "state", "", "keep the state of faire in `FILE` and begin with it; --seed then counts only while there is no FILE")
	cmd.Flags().StringVar(&o.token, "token", "", "accept this `TOKEN` only; any, if not given")
	return cmd
}

type sandboxOptions struct{ listen, seed, state, token string }

// keep serves while the state is kept in its file. What was answered is in it, but for a file above 4 MiB, which is written once a second.
func (a *app) keep(ctx context.Context, keeper *sandbox.Keeper, serve func() error) error {
	if err := keeper.Save(); err != nil { // there is a file from the first moment, or no promise of one
		return &usageError{fmt.Errorf("--state: %w", err), "name a file in a folder that can be written to"}
	}
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	within, cancel := context.WithCancel(ctx)
	defer cancel()
	kept := make(chan struct{})
	go func() {
		defer close(kept)
		keeper.Keep(within, ticker.C, func(err error) { fmt.Fprintln(a.Stderr, "warning: "+err.Error()) }) //nolint:errcheck // nobody is left to tell
	}()
	err := serve()
	cancel()
	<-kept
	return errors.Join(err, keeper.Save())
}

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
		return o.faire(sandbox.New(sandbox.Options{Token: o.token, Now: now}), seed, unusable)
	case "apparelmagic":
		if o.state != "" {
			return nil, "", usage("leave --state out", "the sandbox of apparelmagic never changes, it has no --state")
		}
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

// faire brings the server into the state it begins with.
func (o sandboxOptions) faire(server *sandbox.Server, seed []byte, unusable func(error) error) (http.Handler, string, error) {
	const path = "/external-api/v2"
	var handler http.Handler = server
	if o.state != "" {
		keeper, found, err := sandbox.NewKeeper(server, o.state)
		if err != nil {
			return nil, "", &usageError{fmt.Errorf("--state %s: %w", o.state, err), "it must have the shape of /_sandbox/state; move it away to begin anew"}
		}
		handler = keeper
		if found {
			return handler, path, nil
		}
	}
	if seed == nil {
		return handler, path, nil
	}
	state, err := sandbox.ReadState(seed)
	if err == nil {
		err = server.SetState(state)
	}
	if err != nil {
		return nil, "", unusable(err)
	}
	return handler, path, nil
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

package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"

	"github.com/spf13/cobra"

	"github.com/tagscan/tagscan/cmd/internal/exit"
	"github.com/tagscan/tagscan/cmd/internal/serve"
	"github.com/tagscan/tagscan/detect/policy"
)

// serveFlags are the flags of tagscan serve as given.
type serveFlags struct {
	sites, data, listen string
	newToken, verbose   bool
	pass                []string // hosts, as --map has them
	insecure, noDNS     bool
}

func (a *app) serveCommand() *cobra.Command {
	var f serveFlags
	c := &cobra.Command{
		Use:   "serve --sites DIR",
		Short: "Watch sites: scan them by their schedules, remember, tell what is new, show it on a page",
		Long: `Watch the sites of a folder. Each site is a tagscan.yaml, as NAME.yaml or NAME/tagscan.yaml, with
further keys if wanted:
  name: shop                                # the name of the file unless said otherwise
  schedule: {cron: "30 3 * * *", zone: Europe/Berlin, jitter: 20m}    # or {every: 12h}, or never; daily
  owner: Jo                                 # who answers for it
  alerts: [ops]                             # channels of serve.yaml; all of them
What belongs to the whole is in serve.yaml beside them: listen, data, channels, tokens and more.

A site is scanned when it is first seen, and then by its schedule. Editing a file takes effect
without a restart; a file with an error is told, and keeps its last good form. The page is on
loopback, and the address that is printed has the token that opens it. Everything is kept in
tagscan-data; a server that was killed goes on where it was.`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			if f.newToken {
				return a.newToken()
			}
			return a.serve(c.Context(), f)
		},
	}
	fl := c.Flags()
	fl.StringVar(&f.sites, "sites", "", "folder of the sites' files")
	fl.StringVar(&f.data, "data", "", "folder of store and runs; made if it is not there (tagscan-data)")
	fl.StringVar(&f.listen, "listen", "", "address to listen on (127.0.0.1:7343)")
	fl.StringArrayVar(&f.pass, "map", nil, "HOST[:PORT]=ADDR[:PORT]: as of tagscan scan, for every site (repeatable)")
	fl.BoolVar(&f.insecure, "insecure", false, "as of tagscan scan, for every site")
	fl.BoolVar(&f.noDNS, "no-dns", false, "as of tagscan scan, for every site")
	fl.BoolVar(&f.newToken, "new-token", false, "print a token for somebody, and its hash for serve.yaml; nothing else")
	fl.BoolVarP(&f.verbose, "verbose", "v", false, "tell more")
	return c
}

func (a *app) newToken() error {
	token, hash := serve.NewToken()
	_, err := fmt.Fprintf(a.stdout, "token, for whoever is to look; it is kept nowhere:\n  %s\nfor serve.yaml:\n"+
		"  tokens:\n    - {name: NAME, role: viewer, hash: %s}\n", token, hash)
	return err
}

func (a *app) serve(ctx context.Context, f serveFlags) error {
	if f.sites == "" {
		return exit.Usagef("as in tagscan serve --sites sites", "--sites names the folder of the sites' files")
	}
	level := slog.LevelInfo
	if f.verbose {
		level = slog.LevelDebug
	}
	logger := slog.New(slog.NewTextHandler(a.stderr, &slog.HandlerOptions{Level: level}))
	self, err := os.Executable()
	if err != nil {
		return exit.Failedf("", "%w", err)
	}
	s, err := serve.Open(ctx, serve.Options{
		Sites: f.sites, Data: f.data, Listen: f.listen, Version: toolVersion(), Logger: logger,
		Scanner: &childScanner{a: a, self: self, args: f.args()},
	})
	if err != nil {
		return serveError(err)
	}
	defer s.Close()
	where, err := s.Listen(ctx)
	if err != nil {
		return serveError(err)
	}
	fmt.Fprintln(a.stdout, where)
	if err := s.Run(ctx); err != nil {
		return exit.Failedf("", "%w", err)
	}
	return nil
}

// args are what every scan is told.
func (f *serveFlags) args() []string {
	var args []string
	for _, m := range f.pass {
		args = append(args, "--map", m)
	}
	if f.insecure {
		args = append(args, "--insecure")
	}
	if f.noDNS {
		args = append(args, "--no-dns")
	}
	return args
}

// serveError says what a server that does not start means to its user.
func serveError(err error) error {
	_, wrong := errors.AsType[*policy.Mistake](err)
	switch {
	case errors.Is(err, serve.ErrLocked):
		return exit.Failedf("end that one first, or choose another folder with --data", "%w", err)
	case wrong, errors.Is(err, serve.ErrOpen):
		return exit.Usagef("", "%w", err)
	case errors.Is(err, fs.ErrNotExist):
		return exit.Usagef("--sites names a folder with a tagscan.yaml for each site; `tagscan init` writes one", "%w", err)
	}
	return exit.Failedf(machineHint(err), "%w", err)
}

package main

import (
	"context"
	"errors"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"github.com/tagscan/tagscan/detect/policy"
	"github.com/tagscan/tagscan/detect/recipient"
	"github.com/tagscan/tagscan/report"
)

func loadPolicyFile(name string) (*policy.Config, error)              { return nil, errors.New("not yet") }
func loadBaselineFile(name string) (*policy.Baseline, error)          { return nil, fs.ErrNotExist }
func catalogWith(own ...string) (*recipient.Catalog, error)           { return recipient.Default() }
func (a *app) printer() func(context.Context, []byte) ([]byte, error) { return nil }
func (a *app) diffCommand() *cobra.Command                            { return &cobra.Command{Use: "diff"} }
func (a *app) acceptCommand() *cobra.Command                          { return &cobra.Command{Use: "accept"} }
func (a *app) initCommand() *cobra.Command                            { return &cobra.Command{Use: "init"} }
func readModelFile(name string) (*report.Model, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return report.Read(f)
}

// Bento, a fork of Benthos, with what its own build has of files, HTTP and pure processors: go build -o bento . && FIRST=URL ./bento run ../pages.yaml
package main

import (
	"context"
	"os"
	"regexp"
	"strconv"

	_ "github.com/warpstreamlabs/bento/public/components/io"
	_ "github.com/warpstreamlabs/bento/public/components/pure"
	"github.com/warpstreamlabs/bento/public/service"
)

func main() {
	service.RunCLI(context.Background())
	note()
}

// The most memory that was resident, for the bench, as the other peers note it.
func note() {
	status, _ := os.ReadFile("/proc/self/status")
	found := regexp.MustCompile(`VmHWM:\s+(\d+) kB`).FindSubmatch(status)
	if file := os.Getenv("BENCH_NOTE"); file != "" && found != nil {
		kilobytes, _ := strconv.Atoi(string(found[1]))
		os.WriteFile(file, []byte(strconv.Itoa(kilobytes*1024)), 0o600)
	}
}

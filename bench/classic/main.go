// An exporter of the classic kind, to measure against: a collector that runs `free -m` by a shell in each scrape, under a mutex.
package main

import (
	"flag"
	"log"
	"net/http"
	"os/exec"
	"strconv"
	"strings"
	"sync"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

type collector struct {
	mutex   sync.Mutex
	up      *prometheus.Desc
	columns []*prometheus.Desc
}

func newCollector() *collector {
	describe := func(name, help string) *prometheus.Desc {
		return prometheus.NewDesc(name, help, nil, nil)
	}
	return &collector{
		up: describe("memory_up", "Whether free ran."),
		columns: []*prometheus.Desc{
			describe("memory_total_mebibytes", "Total memory."),
			describe("memory_used_mebibytes", "Memory in use."),
			describe("memory_free_mebibytes", "Free memory."),
			describe("memory_shared_mebibytes", "Shared memory."),
			describe("memory_buff_cache_mebibytes", "Memory in buffers and cache."),
			describe("memory_available_mebibytes", "Available memory."),
		},
	}
}

func (c *collector) Describe(ch chan<- *prometheus.Desc) {
	ch <- c.up
	for _, column := range c.columns {
		ch <- column
	}
}

func (c *collector) Collect(ch chan<- prometheus.Metric) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	output, err := exec.Command("/bin/sh", "-c", "free -m").Output()
	up := 1.0
	if err != nil {
		up = 0
	}
	ch <- prometheus.MustNewConstMetric(c.up, prometheus.GaugeValue, up)
	for _, line := range strings.Split(string(output), "\n") {
		words := strings.Fields(line)
		if len(words) <= len(c.columns) || words[0] != "Mem:" {
			continue
		}
		for i, column := range c.columns {
			if value, err := strconv.ParseFloat(words[i+1], 64); err == nil {
				ch <- prometheus.MustNewConstMetric(column, prometheus.GaugeValue, value)
			}
		}
	}
}

func main() {
	address := flag.String("web.listen-address", ":9101", "where to listen")
	flag.Parse()
	prometheus.MustRegister(newCollector())
	http.Handle("/metrics", promhttp.Handler())
	log.Fatal(http.ListenAndServe(*address, nil))
}

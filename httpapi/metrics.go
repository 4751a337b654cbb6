package httpapi

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"kula/protocol"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Gauge is one figure that the bank reports when somebody looks.
type Gauge struct {
	Name   string // "kula_…"
	Help   string
	Labels map[string]string
	Value  float64
}

// metrics are the figures of one server, in a registry of its own.
type metrics struct {
	requests  *prometheus.CounterVec
	seconds   *prometheus.HistogramVec
	underWay  prometheus.Gauge
	presented *prometheus.CounterVec
	page      http.Handler
}

func newMetrics(gauges func(context.Context) ([]Gauge, error)) *metrics {
	m := &metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "kula_http_requests_total",
			Help: "Requests answered, by listener, route, status and the problem's code."}, []string{"face", "method", "route", "status", "code"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "kula_http_request_seconds",
			Help: "Time to answer.", Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30}}, []string{"route"}),
		underWay: prometheus.NewGauge(prometheus.GaugeOpts{Name: "kula_http_requests_under_way", Help: "Requests being answered now."}),
		presented: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "kula_redeem_documents_total",
			Help: "What became of presented documents: honoured, dishonoured, or the code of a refusal. Repeats count again."}, []string{"outcome"}),
	}
	registry := prometheus.NewRegistry()
	registry.MustRegister(m.requests, m.seconds, m.underWay, m.presented,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	if gauges != nil {
		registry.MustRegister(bankGauges(gauges))
	}
	m.page = promhttp.HandlerFor(registry, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError})
	return m
}

func (m *metrics) request(face string, r *http.Request, rec *recorder, took time.Duration) {
	m.requests.WithLabelValues(face, method(r), route(r), strconv.Itoa(rec.status), rec.code).Inc()
	m.seconds.WithLabelValues(route(r)).Observe(took.Seconds())
}

// redeemed counts what a sync brought.
func (m *metrics) redeemed(entries []protocol.Hash, reply *protocol.Bundle, problems []string) {
	outcomes := map[protocol.Hash]string{}
	for _, receipt := range protocol.All[*protocol.Receipt](reply) {
		outcomes[receipt.Entry] = "honoured"
		if receipt.Outcome == protocol.Dishonoured {
			outcomes[receipt.Entry] = "dishonoured"
		}
	}
	for _, e := range entries {
		if outcome, ok := outcomes[e]; ok {
			m.presented.WithLabelValues(outcome).Inc()
		}
	}
	for _, code := range problems {
		m.presented.WithLabelValues(code).Inc()
	}
}

// bankGauges asks the bank at each look, so that no figure is older than the page that shows it.
type bankGauges func(context.Context) ([]Gauge, error)

// Describe names nothing: which gauges there are is the bank's to say.
func (bankGauges) Describe(chan<- *prometheus.Desc) {}

// patience bounds how long the bank may take over its own figures.
const patience = 5 * time.Second

// Collect asks the bank; when it does not answer, the page shows the other figures and says so.
func (g bankGauges) Collect(out chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	all, err := g(ctx)
	if err != nil {
		out <- prometheus.NewInvalidMetric(prometheus.NewDesc("kula_bank", "The bank's figures.", nil, nil), err)
		return
	}
	for _, x := range all {
		desc := prometheus.NewDesc(x.Name, x.Help, nil, prometheus.Labels(x.Labels))
		m, err := prometheus.NewConstMetric(desc, prometheus.GaugeValue, x.Value)
		if err != nil {
			m = prometheus.NewInvalidMetric(desc, err)
		}
		out <- m
	}
}

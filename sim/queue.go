package sim

import "container/heap"

// event is something that happens at a moment. Of two at one moment, the one that was planned first happens first.
type event struct {
	at    uint64
	order uint64
	name  string
	run   func() error
}

// queue is all that is planned. It is the only order in which anything happens on the island.
type queue struct {
	events  []event
	planned uint64
}

func (q *queue) Len() int { return len(q.events) }
func (q *queue) Less(i, j int) bool {
	a, b := &q.events[i], &q.events[j]
	if a.at != b.at {
		return a.at < b.at
	}
	return a.order < b.order
}
func (q *queue) Swap(i, j int) { q.events[i], q.events[j] = q.events[j], q.events[i] }

// Push is heap.Interface's; use plan.
func (q *queue) Push(x any) { q.events = append(q.events, x.(event)) } //nolint:forcetypeassert,errcheck // plan pushes nothing else

// Pop is heap.Interface's; use next.
func (q *queue) Pop() any {
	last := len(q.events) - 1
	e := q.events[last]
	q.events[last] = event{} // its closure may be large
	q.events = q.events[:last]
	return e
}

func (q *queue) plan(at uint64, name string, run func() error) {
	q.planned++
	heap.Push(q, event{at: at, order: q.planned, name: name, run: run})
}

// next takes the earliest event that is due before end.
func (q *queue) next(end uint64) (event, bool) {
	if len(q.events) == 0 || q.events[0].at >= end {
		return event{}, false
	}
	return heap.Pop(q).(event), true //nolint:forcetypeassert,errcheck // see Push
}

package chrome

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// The strain is what threads waited for each bit of their running, of late, over all processes.
func TestStrainIsWhatThreadsWaitFor(t *testing.T) {
	const ms = time.Millisecond
	at := time.Unix(1000, 0)
	steps := []struct {
		name  string
		after time.Duration
		of    map[int]turns
		want  float64
	}{
		{"what was before is not of late", 0, map[int]turns{1: {5 * time.Second, 50 * time.Second}}, 1},
		{"nobody waited", time.Second, map[int]turns{1: {5*time.Second + 500*ms, 50 * time.Second}}, 1},
		{"a new process waits as long as it runs", 10 * time.Minute, map[int]turns{1: {6 * time.Second, 50 * time.Second}, 2: {500 * ms, time.Second}}, 2},
		{"too little ran to tell", 10 * time.Minute, map[int]turns{1: {6*time.Second + 10*ms, 51 * time.Second}}, 1},
		{"hardly anything runs", 10 * time.Minute, map[int]turns{1: {6*time.Second + 110*ms, 91 * time.Second}}, strainMost},
		{"half of it is forgotten after a while", strainHalf, map[int]turns{1: {6*time.Second + 160*ms, 91 * time.Second}}, strainMost},
		{"another process has the same id", 10 * time.Minute, map[int]turns{1: {40 * ms, 10 * ms}}, 1},
	}
	var s strain
	for _, st := range steps {
		at = at.Add(st.after)
		assert.InDelta(t, st.want, s.measure(at, st.of), 0.01, st.name)
	}
}

// A context that has patience ends with its cause, and does not outlive the one that it was made from.
func TestPatienceEnds(t *testing.T) {
	b := &Browser{}
	over := errors.New("over")
	ctx, cancel := b.WithPatience(t.Context(), time.Millisecond, over)
	defer cancel()
	<-ctx.Done()
	assert.Equal(t, over, context.Cause(ctx))

	parent, end := context.WithCancel(t.Context())
	ctx, cancel = b.WithPatience(parent, time.Hour, over)
	defer cancel()
	end()
	<-ctx.Done()
	assert.Equal(t, context.Canceled, context.Cause(ctx))
}

// A browser that has just started is not asked yet how busy it is, and its limits hold all the same.
func TestLimitsHoldFromTheFirstMoment(t *testing.T) {
	b := &Browser{strain: newStrain()}
	assert.Equal(t, 1.0, b.Strain())
	assert.Equal(t, time.Second, b.Patient(time.Second))
	ctx, cancel := b.WithPatience(t.Context(), time.Hour, context.DeadlineExceeded)
	defer cancel()
	select {
	case <-ctx.Done():
		t.Fatal("it ends at once")
	case <-time.After(2 * strainEvery):
	}
}

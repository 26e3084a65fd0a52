package record

import "github.com/tagscan/tagscan/crawler/record/cause"

// followStack asks for the part of a worker's stack that lies in the target that started the worker.
func (r *Recorder) followStack(m *member, s *cause.Stack) {
	id := s.GoesOn()
	if id == nil || m.parent == nil {
		return
	}
	if _, asked := m.started[*id]; asked {
		return
	}
	if m.started == nil {
		m.started = map[cause.StackID]*cause.Stack{}
	}
	m.started[*id] = nil
	_ = m.parent.session.Ask("Debugger.getStackTrace", map[string]any{"stackTraceId": map[string]string{"id": id.ID, "debuggerId": id.Debugger}}, func(decode func(any) error) {
		var a struct {
			Stack *cause.Stack `json:"stackTrace"`
		}
		if decode(&a) != nil {
			return
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		m.started[*id] = a.Stack
	})
}

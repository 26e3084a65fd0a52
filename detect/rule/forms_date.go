package rule

import (
	"strconv"
	"strings"
	"time"
)

// dateLayouts are the ways a birth date is read from a persona; the first that fits wins, so day before month.
var dateLayouts = []string{"2006-01-02", "20060102", "2006/01/02", "2006.01.02", "02.01.2006", "2.1.2006", "02/01/2006", "2/1/2006",
	"02-01-2006", "01/02/2006", "1/2/2006", "January 2, 2006", "2 January 2006", "Jan 2, 2006", "2 Jan 2006", time.RFC3339}

// dateSpellings are the ways a birth date is looked for. The first dateHashed are hashed too.
var dateSpellings = []string{
	"2006-01-02", "20060102", "02.01.2006", "02/01/2006", "01/02/2006", "02-01-2006", "01-02-2006", "02012006", "01022006", "2006/01/02", "2006.01.02",
	"2.1.2006", "2/1/2006", "1/2/2006", "2-1-2006", "1-2-2006", "2006-1-2", "2006/1/2", "01.02.2006",
	"02.01.06", "02/01/06", "01/02/06", "060102",
	"January 2, 2006", "January 2 2006", "2 January 2006", "Jan 2, 2006", "Jan 2 2006", "2 Jan 2006", "02 Jan 2006", "02-Jan-2006", "2. January 2006", "Mon Jan 02 2006",
}

const dateHashed = 11

func dateForms(value string) forms {
	d, ok := parseDate(value)
	if !ok {
		return textForms(value)
	}
	f := forms{plain: []string{value}, hash: []string{value}, weak: 0}
	for i, layout := range dateSpellings {
		s := d.Format(layout)
		f.plain = append(f.plain, s)
		if i < dateHashed {
			f.hash = append(f.hash, s)
		}
	}
	// Unix time of that midnight, as Braze and CleverTap send it
	if sec := strconv.FormatInt(d.Unix(), 10); len(sec) >= 8 {
		f.plain = append(f.plain, sec, sec+"000")
	}
	f.plain, f.hash = unique(f.plain...), unique(f.hash...)
	return f
}

func parseDate(value string) (time.Time, bool) {
	value = strings.TrimSpace(value)
	for _, layout := range dateLayouts {
		if d, err := time.Parse(layout, value); err == nil {
			return d, true
		}
	}
	return time.Time{}, false
}

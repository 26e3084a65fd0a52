package chrome

import (
	"fmt"
	"net"
	"path/filepath"
	"strconv"
	"strings"
)

// features that are switched off: they phone home (the first row), start renderers of the browser's own user interface with every
// window, which doubles the cost of a context (the second row), or have a page go unseen: they put the next document in a frame of
// its own, so that the protocol's session ends before the last one has said what it has to, or keep the last one asleep (the third), or
// put a document in a renderer that another tab has left, with the clock that it left there (the fourth; see featuresOn).
var featuresOff = []string{
	"Translate", "OptimizationHints", "MediaRouter", "AutofillServerCommunication", "CertificateTransparencyComponentUpdater", "NetworkTimeServiceQuerying", "SafeBrowsing", "InterestFeedContentSuggestions", "SegmentationPlatform", "OptimizationGuideModelDownloading",
	"Prerender2FallbackPrefetchSpecRules", "WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup", "PreloadTopChromeWebUI",
	"RenderDocument", "BackForwardCache",
	"TrackEmptyRendererProcessesForReuse",
}

// featuresOn are switched on. DisableProcessReuse gives the cross-site frames of every tab renderers of their own: Chrome has those of
// one site share one over all tabs otherwise (https://chromium.googlesource.com/chromium/src/+/main/docs/process_model_and_site_isolation.md),
// and a renderer has one virtual clock. A tab that has had its time stops the clock, also after it is closed, so another tab's frame would not
// load until somebody gives it time, and frames of several tabs would be given each other's time.
var featuresOn = []string{"DisableProcessReuse"}

// renderers is how many renderers there may be before tabs share them all the same. Chrome's own limit goes by the machine's memory and
// is reached by four tabs with ten frames each where that is small.
const renderers = 1000

// args returns the command line of a browser. What each flag is for is said where it is not plain.
func args(o Options, profile, userAgent string) ([]string, error) {
	a := []string{
		"--remote-debugging-pipe", // no port: nobody else on the machine can take the browser over
		"--user-data-dir=" + profile,
		"--no-first-run", "--no-default-browser-check", "--no-service-autorun",
		"--disable-sync", "--disable-background-networking", "--disable-component-update", "--disable-domain-reliability",
		"--disable-client-side-phishing-detection", "--disable-default-apps", "--disable-extensions", "--metrics-recording-only",
		"--short-reporting-delay",                            // what the Reporting API uploads a minute late otherwise
		"--gaia-url=http://127.0.0.1:1/",                     // full Chrome asks Google's accounts who is signed in, whatever else is off
		"--component-updater=url-source=http://127.0.0.1:1/", // the same for components asked for on demand; Chrome itself refuses this port
		"--disable-breakpad", "--disable-crash-reporter",
		"--password-store=basic", "--use-mock-keychain",
		"--disable-gpu", "--mute-audio", "--hide-scrollbars",
		"--disable-quic", // HTTP/3 bypasses a proxy
		"--webrtc-ip-handling-policy=disable_non_proxied_udp",
		// Tabs in the background must behave like the one in front.
		"--disable-renderer-backgrounding", "--disable-background-timer-throttling", "--disable-backgrounding-occluded-windows",
		"--disable-ipc-flooding-protection", "--disable-hang-monitor", "--disable-prompt-on-repost",
		"--disable-popup-blocking", // what popups send is part of the page
		"--disable-blink-features=AutomationControlled",
		"--disable-features=" + strings.Join(featuresOff, ","),
		"--enable-features=" + strings.Join(featuresOn, ","),
		"--renderer-process-limit=" + strconv.Itoa(renderers),
		fmt.Sprintf("--window-size=%d,%d", o.Width, o.Height),
		"--js-flags=--max-old-space-size=" + strconv.Itoa(o.HeapMB),
		"--lang=" + o.Language,
		"--accept-lang=" + o.Language,
	}
	if o.Binary.Kind == KindHeadlessShell {
		a = append(a, "--headless")
	} else if !o.Headful {
		a = append(a, "--headless=new")
	}
	if userAgent != "" {
		a = append(a, "--user-agent="+userAgent)
	}
	rules, err := resolverRules(o.Map)
	if err != nil {
		return nil, err
	}
	if o.Proxy != "" {
		rules = "MAP * ~NOTFOUND,EXCLUDE 127.0.0.1" // who stands there resolves names, and the browser itself asks nobody
	}
	if rules != "" {
		a = append(a, "--host-resolver-rules="+rules)
	}
	if o.Insecure {
		a = append(a, "--ignore-certificate-errors")
	}
	if o.Proxy != "" {
		a = append(a, "--proxy-server="+o.Proxy, "--proxy-bypass-list=<-loopback>")
	} else {
		a = append(a, "--no-proxy-server")
	}
	if o.TrustKey != "" {
		a = append(a, "--ignore-certificate-errors-spki-list="+o.TrustKey)
	}
	if o.NetLog {
		a = append(a, "--log-net-log="+filepath.Join(profile, netLogPipe), "--net-log-capture-mode=Everything")
	}
	if o.DangerouslyNoSandbox {
		a = append(a, "--no-sandbox")
	}
	a = append(a, o.Args...)
	return append(a, "--no-startup-window"), nil
}

// resolverRules turns --map rules into Chrome's --host-resolver-rules. A mapping with "*" as host must come last, for
// the first match wins.
func resolverRules(maps []string) (string, error) {
	var exact, wild []string
	for _, m := range maps {
		from, to, ok := strings.Cut(m, "=")
		from, to = strings.TrimSpace(from), strings.TrimSpace(to)
		if !ok || from == "" || to == "" || strings.ContainsAny(m, ", \t\n") {
			return "", fmt.Errorf("map %q: want HOST[:PORT]=ADDR[:PORT]", m)
		}
		if err := checkPort(to); err != nil {
			return "", fmt.Errorf("map %q: %w", m, err)
		}
		rule := "MAP " + from + " " + to
		if strings.HasPrefix(from, "*") {
			wild = append(wild, rule)
		} else {
			exact = append(exact, rule)
		}
	}
	return strings.Join(append(exact, wild...), ","), nil
}

func checkPort(addr string) error {
	if !strings.Contains(addr, ":") || strings.HasSuffix(addr, "]") || net.ParseIP(addr) != nil {
		return nil
	}
	_, port, err := net.SplitHostPort(addr)
	if err != nil {
		return err
	}
	if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
		return fmt.Errorf("port %q is none", port)
	}
	return nil
}

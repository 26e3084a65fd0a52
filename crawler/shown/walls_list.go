package shown

import (
	"slices"

	"github.com/tagscan/tagscan/crawler"
)

// Walls are those that are known by name, the particular before the general.
var Walls = []Wall{
	{
		Name: "Cloudflare", Kind: crawler.GapWall, Source: "https://developers.cloudflare.com/cloudflare-challenges/challenge-types/challenge-pages/detect-response",
		Proves: marks(head, `^cf-mitigated: *challenge`),
		Only: slices.Concat(
			marks(asked, `/cdn-cgi/challenge-platform/.*orchestrate/`, `/cdn-cgi/challenge-platform/h/[bg]/(cmg|chl)`),
			marks(
				markup, `_cf_chl_opt`,
				`id="(challenge-(running|stage|form|error-text|success-text)|cf-(challenge|please-wait|error-details|norobot)[\w-]*)"`,
				`__cf_chl_(rt_)?tk`,
			),
			marks(said, `enable javascript and cookies to continue`),
		),
		Puzzle: marks(markup, `class="([^"]* )?cf-turnstile[ "]`),
		Sensor: marks(asked, `/cdn-cgi/challenge-platform/`, `//challenges\.cloudflare\.com/`),
		Hits: []string{
			"403\ncf-mitigated: challenge\n\n" + `<title>Just a moment...</title>`,
			`<title>Just a moment...</title><h1>shop.example</h1><p>Verifying you are human. This may take a few seconds.</p><script src="/cdn-cgi/challenge-platform/h/b/orchestrate/chl_page/v1?ray=1"></script>`,
			`<title>One moment</title><form><div class="cf-turnstile" data-sitekey="x"></div></form><script src="https://challenges.cloudflare.com/turnstile/v0/api.js"></script>`,
		},
		Misses: []string{
			ordinary(`<script src="/cdn-cgi/challenge-platform/scripts/jsd/main.js"></script>`),
			tiny(`<script src="/cdn-cgi/challenge-platform/scripts/jsd/main.js"></script>`),
			form(`<div class="cf-turnstile" data-sitekey="x"></div><script src="https://challenges.cloudflare.com/turnstile/v0/api.js"></script>`),
		},
	},
	{
		Name: "Cloudflare Waiting Room", Kind: crawler.GapQueue, Source: "https://developers.cloudflare.com/waiting-room/reference/waiting-room-cookie/",
		Only:   marks(said, `waiting room powered by cloudflare`),
		Sensor: marks(head, `^set-cookie: *__cf_?waitingroom`),
		Hits: []string{
			"set-cookie: __cfwaitingroom=abc; Path=/\n\n" + `<title>Waiting Room powered by Cloudflare</title><h1>You are now in line.</h1><p>Your estimated wait time is 5 minutes.</p>`,
		},
		Misses: []string{
			"set-cookie: __cfwaitingroom=abc; Path=/\n\n" + ordinary(""),
			"set-cookie: __cfwaitingroom=abc; Path=/\n\n" + tiny(""),
		},
	},
	{
		Name: "DataDome", Kind: crawler.GapWall, Source: "https://docs.datadome.co/docs/response-page",
		Proves: marks(head, `^x-dd-b: *[12]\b`),
		Only: slices.Concat(
			marks(asked, `//(geo|ct|interstitial)?\.?captcha-delivery\.com/`),
			marks(markup, `captcha-delivery\.com`, `var dd ?= ?\{['"]?rt['"]? ?:`),
		),
		Sensor: slices.Concat(marks(head, `^x-datadome:`, `^set-cookie: *datadome=`), marks(asked, `//js\.datadome\.co/`)),
		Hits: []string{
			"403\nx-datadome: protected\n\n" + `<title>shop.example</title><p>Please enable JS and disable any ad blocker</p><script>var dd={'rt':'c'}</script><script src="https://ct.captcha-delivery.com/c.js"></script>`,
			`<iframe src="https://geo.captcha-delivery.com/captcha/?initialCid=1" width="100%" height="600"></iframe>`,
		},
		Misses: []string{
			"x-datadome: protected\n\n" + ordinary(`<script src="https://js.datadome.co/tags.js"></script>`),
			tiny(`<script src="https://js.datadome.co/tags.js"></script>`),
		},
	},
	{
		Name: "HUMAN", Kind: crawler.GapWall, Source: "https://github.com/PerimeterX/perimeterx-node-core",
		Only: slices.Concat(
			marks(markup, `id="px-captcha(-wrapper)?"`, `_px(BlockedUrl|BlockScript|Uuid) ?=|window\._pxJsClientSrc`),
			marks(asked, `//captcha\.(px-(cdn|cloud)\.net|perimeterx\.net)/`, `/PX\w{8}/captcha/`, `/captcha/captcha\.js\?a=c`),
		),
		Sensor: slices.Concat(
			marks(asked, `//client\.(px-(cdn|cloud)\.net|perimeterx\.net)/`, `/\w{8}/init\.js$`),
			marks(head, `^set-cookie: *_px(hd|3|vid)?=`),
		),
		Hits: []string{
			"403\n\n" + `<title>Access to this page has been denied</title><div id="px-captcha"></div><script src="https://captcha.px-cloud.net/PX1234abcd/captcha.js"></script>`,
			`<h1>Before we continue...</h1><p>Press &amp; Hold to confirm you are a human (and not a bot).</p><script src="/1234abcd/init.js"></script>`,
		},
		Misses: []string{
			ordinary(`<script src="https://client.px-cloud.net/PX1234abcd/main.min.js"></script>`),
			tiny(`<script src="https://client.px-cloud.net/PX1234abcd/main.min.js"></script>`),
		},
	},
	{
		Name: "Imperva", Kind: crawler.GapWall, Source: "https://docs.imperva.com/bundle/cloud-application-security/page/settings/error-pages.htm",
		Only: slices.Concat(
			marks(markup, `id="main-iframe"[^>]*_Incapsula_Resource`, `_Incapsula_Resource\?[^"' ]*(incident_id|CWUDNSAI|edet)=`),
			marks(said, `incapsula incident id`, `powered by imperva`),
		),
		Sensor: marks(asked, `/_Incapsula_Resource\?`),
		Hits: []string{
			`<iframe id="main-iframe" src="/_Incapsula_Resource?CWUDNSAI=1&incident_id=2" width="100%" height="100%">Request unsuccessful. Incapsula incident ID: 2</iframe>`,
			`<script src="/_Incapsula_Resource?SWJIYLWA=1"></script>`,
		},
		Misses: []string{
			ordinary(`<script src="/_Incapsula_Resource?SWJIYLWA=1" async></script>`),
			tiny(`<script src="/_Incapsula_Resource?SWJIYLWA=1" async></script>`),
		},
	},
	{
		Name: "Akamai", Kind: crawler.GapWall, Source: "https://techdocs.akamai.com/bot-manager/docs",
		Only: slices.Concat(
			marks(markup, `id="sec-(if-)?cpt-(container|if)"`, `/_sec/cp_challenge/`, `errors\.edgesuite\.net`, `bm-verify=`),
			marks(asked, `/_sec/cp_challenge/`),
			marks(said, `powered and protected by akamai`),
		),
		Sensor: slices.Concat(
			marks(head, `^set-cookie: *(_abck|ak_bmsc|bm_sz|sec_cpt)=`),
			marks(asked, `/akam/\d+/`),
			marks(markup, `\bbmak\b`, `triggerInterstitialChallenge`),
		),
		Hits: []string{
			"428\n\n" + `<div id="sec-if-cpt-container"><iframe id="sec-cpt-if" src="/_sec/cp_challenge/crypto_message-4-3.htm"></iframe></div><p>Powered and protected by Akamai</p>`,
			"403\nset-cookie: _abck=1; path=/\n\n" + `<title>Access Denied</title><h1>Access Denied</h1><p>You don't have permission to access this page. Reference #18.1 https://errors.edgesuite.net/18.1</p>`,
		},
		Misses: []string{
			"set-cookie: _abck=1; path=/\n\n" + ordinary(`<script src="/akam/13/1a2b"></script>`),
			"set-cookie: _abck=1; path=/\n\n" + tiny(`<script src="/akam/13/1a2b"></script>`),
			"set-cookie: bm_sz=1\n\n",
		},
	},
	{
		Name: "Akamai or Imperva", Kind: crawler.GapWall, Source: "https://docs.imperva.com/bundle/advanced-bot-protection/",
		Only: marks(said, `pardon our interruption`),
		Hits: []string{
			`<title>Pardon Our Interruption</title><h1>Pardon Our Interruption</h1><p>Something about your browser made us think you were a bot.</p>`,
		},
		Misses: []string{ordinary("<p>Pardon the interruption: we have moved.</p>")},
	},
	{
		Name: "Akamai Visitor Prioritization", Kind: crawler.GapQueue, Source: "https://techdocs.akamai.com/cloudlets/docs/what-visitor-prioritization",
		Only:   marks(head, `^set-cookie: *akavpwr_`),
		Sensor: marks(head, `^set-cookie: *akavp(wr|au)_`),
		Hits:   []string{"set-cookie: akavpwr_sale=1; path=/\n\n" + `<h1>Almost there</h1><p>Thank you for your patience.</p>`},
		Misses: []string{"set-cookie: akavpau_sale=1; path=/\n\n" + ordinary(""), "set-cookie: akavpau_sale=1; path=/\n\n" + tiny("")},
	},
	{
		Name: "Kasada", Kind: crawler.GapWall, Source: "https://docs.hypersolutions.co/kasada/getting-started",
		Only: slices.Concat(
			marks(asked, `/[0-9a-f]{8}-[0-9a-f-]{27}/[0-9a-f]{8}-[0-9a-f-]{27}/ips\.js`, `/ips\.js(\?|$)`),
			marks(markup, `window\.KPSDK ?=`),
		),
		Sensor: slices.Concat(marks(head, `^x-kpsdk-`), marks(asked, `/[0-9a-f]{8}-[0-9a-f-]{27}/[0-9a-f]{8}-[0-9a-f-]{27}/p\.js`)),
		Hits: []string{
			"429\nx-kpsdk-ct: 1\n\n" + `<script>window.KPSDK={};</script><script src="/149e9513-01fa-4fb0-aad4-566afd725d1b/2d206a39-8ed7-437e-a3be-862e0f06eea3/ips.js?x=1"></script>`,
		},
		Misses: []string{
			ordinary(`<script src="/149e9513-01fa-4fb0-aad4-566afd725d1b/2d206a39-8ed7-437e-a3be-862e0f06eea3/p.js"></script>`),
		},
	},
	{
		Name: "AWS WAF", Kind: crawler.GapWall, Source: "https://docs.aws.amazon.com/waf/latest/developerguide/waf-captcha-and-challenge-actions.html",
		Proves: marks(head, `^x-amzn-waf-action: *(challenge|captcha)`),
		Only: marks(
			markup,
			`window\.gokuProps`,
			`AwsWafIntegration\.(saveReferrer|checkForceRefresh)`,
			`id="(challenge|captcha)-container"`,
		),
		Sensor: marks(asked, `\.(token|captcha|captcha-sdk|sdk)\.awswaf\.com/`),
		Hits: []string{
			"202\nx-amzn-waf-action: challenge\n\n",
			`<script>window.gokuProps = {}</script><script src="https://1a.2b.eu-west-1.token.awswaf.com/1a/2b/challenge.js"></script><div id="challenge-container"></div>`,
			"202\n\n" + `<script src="https://1a.2b.eu-west-1.token.awswaf.com/1a/2b/challenge.js"></script>`,
		},
		Misses: []string{
			ordinary(`<script src="https://1a.2b.eu-west-1.sdk.awswaf.com/1a/2b/challenge.js"></script>`),
			tiny(`<script src="https://1a.2b.eu-west-1.token.awswaf.com/1a/2b/challenge.js"></script>`),
		},
	},
	{
		Name: "AWS Virtual Waiting Room", Kind: crawler.GapQueue, Source: "https://docs.aws.amazon.com/solutions/latest/virtual-waiting-room-on-aws/",
		Sensor: marks(markup, `/(assign_queue_num|queue_num|serving_num|waiting_num)\b`),
		Hits: []string{
			`<h1>You are in the waiting room</h1><p>Your place in line: 12</p><script>poll("/queue_num?id=1"); poll("/serving_num")</script>`,
		},
		Misses: []string{ordinary(`<script>poll("/queue_num?id=1")</script>`)},
	},
	{
		Name: "F5", Kind: crawler.GapWall, Source: "https://my.f5.com/manage/s/article/K13693",
		Only: slices.Concat(
			marks(markup, `window\["(bobcmn|failureConfig)"\]`),
			marks(said, `your support id is`, `the requested url was rejected`),
		),
		Sensor: slices.Concat(marks(asked, `/TSPD/`), marks(head, `^set-cookie: *TS(PD_101|[0-9a-f]{8,})`)),
		Hits: []string{
			`<script>window["bobcmn"] = "1"</script><noscript>Please enable JavaScript to view the page content.<br>Your support ID is: 1.</noscript>`,
			`<title>Request Rejected</title>The requested URL was rejected. Please consult with your administrator. Your support ID is: 1`,
		},
		Misses: []string{
			"set-cookie: TS01a2b3c4=1; Path=/\n\n" + ordinary(`<script src="/TSPD/1?type=10"></script>`),
			"set-cookie: TS01a2b3c4=1; Path=/\n\n" + tiny(`<script src="/TSPD/1?type=10"></script>`),
		},
	},
	{
		Name: "Radware", Kind: crawler.GapWall, Source: "https://support.radware.com/",
		Proves: marks(address, `^https?://validate\.perfdrive\.com/`),
		Only:   marks(asked, `//(validate|captcha)\.perfdrive\.com/`, `//cas\.avalon\.perfdrive\.com/captcha`),
		Sensor: marks(asked, `\.perfdrive\.com/`, `stormcaster\.js`),
		Hits: []string{
			`<title>Radware Page</title><p>Please solve this puzzle to continue</p><script src="https://captcha.perfdrive.com/captcha-public/c.js"></script>`,
		},
		Misses: []string{ordinary(`<script src="https://cdn.perfdrive.com/aperture/stormcaster.js"></script>`)},
	},
	{
		Name: "Vercel", Kind: crawler.GapWall, Source: "https://vercel.com/docs/vercel-firewall/attack-challenge-mode",
		Proves: marks(head, `^x-vercel-mitigated: *challenge`),
		Only:   slices.Concat(marks(said, `vercel security checkpoint`), marks(asked, `/\.well-known/vercel/security/`)),
		Hits: []string{
			"403\nx-vercel-mitigated: challenge\n\n",
			`<title>Vercel Security Checkpoint</title><p>We're verifying your browser</p>`,
		},
		Misses: []string{"x-vercel-id: fra1::1\n\n" + ordinary("")},
	},
	{
		Name: "Fastly", Kind: crawler.GapWall, Source: "https://www.fastly.com/documentation/guides/security/bot-management/client-challenges/",
		Only:   slices.Concat(marks(said, `^client challenge`), marks(asked, `/_fs-ch-\w+/(script|fst)`)),
		Sensor: slices.Concat(marks(asked, `/_fs-ch-`), marks(markup, `/_fs-ch-`)),
		Hits: []string{
			`<title>Client Challenge</title><p>A required part of this site couldn’t load.</p><script src="/_fs-ch-1Ab/script.js"></script>`,
		},
		Misses: []string{ordinary(`<script src="/_fs-ch-1Ab/challenge.js"></script>`)},
	},
	{
		Name: "Sucuri", Kind: crawler.GapWall, Source: "https://docs.sucuri.net/website-firewall/",
		Only:   slices.Concat(marks(markup, `sucuri_cloudproxy_js`), marks(said, `sucuri website firewall`, `access denied - sucuri`)),
		Sensor: marks(head, `^x-sucuri-(id|block):`, `^set-cookie: *sucuri_cloudproxy_`),
		Hits: []string{
			`<title>You are being redirected...</title><noscript>Javascript is required.</noscript><script>var s = "sucuri_cloudproxy_js"</script>`,
			"403\nx-sucuri-id: 1\n\n" + `<title>Access Denied - Sucuri Website Firewall</title><h1>Access Denied</h1>`,
		},
		Misses: []string{"x-sucuri-id: 1\nset-cookie: sucuri_cloudproxy_uuid_1=2\n\n" + ordinary(""), "x-sucuri-id: 1\n\n" + tiny("")},
	},
	{
		Name: "DDoS-Guard", Kind: crawler.GapWall, Source: "https://docs.ddos-guard.net/",
		Only: slices.Concat(
			marks(asked, `/\.well-known/ddos-guard/(js-challenge|ddg-captcha-page)/`),
			marks(markup, `data-ddg-origin`),
			marks(said, `^ddos-guard`),
		),
		Sensor: marks(asked, `/\.well-known/ddos-guard/`, `//check\.ddos-guard\.net/`),
		Hits: []string{
			`<title>DDoS-Guard</title><script src="/.well-known/ddos-guard/js-challenge/index.js"></script><p>Checking your browser before accessing shop.example</p>`,
		},
		Misses: []string{
			"server: ddos-guard\nset-cookie: __ddg1_=1\n\n" + ordinary(""),
			tiny(`<script src="https://check.ddos-guard.net/check.js"></script>`),
		},
	},
	{
		Name: "Anubis", Kind: crawler.GapWall, Source: "https://anubis.techaro.lol/docs/",
		Only: slices.Concat(
			marks(markup, `id="anubis_challenge"`),
			marks(asked, `/\.within\.website/x/cmd/anubis/`),
			marks(said, `protected by anubis`),
		),
		Hits: []string{
			`<title>Making sure you're not a bot!</title><h1>Making sure you're not a bot!</h1><script id="anubis_challenge" type="application/json">{}</script><script type="module" src="/.within.website/x/cmd/anubis/static/js/main.mjs"></script>`,
		},
		Misses: []string{ordinary(`<p>This site is protected by Anubis.</p>`)},
	},
	{
		Name: "Reblaze", Kind: crawler.GapWall, Source: "https://gb.docs.reblaze.com/",
		Only: marks(markup, `window\.rbzns ?=`, `winsocks\(`),
		Sensor: slices.Concat(
			marks(head, `^set-cookie: *rbz(id|sessionid)=`),
			marks(
				asked,
				`/c3650cdf-216a-4ba2-80b0-9d6c540b105e58d2670b-ea0f-484e-b88c-0e2c1499ec9bd71e4b42-8570-44e3-89b6-845326fa43b6`,
			),
		),
		Hits: []string{"247\n\n" + `<script>;;window.rbzns={bereshit:"1",seed:"x"};winsocks();</script>`},
		Misses: []string{
			"set-cookie: rbzid=1\n\n" + ordinary(`<script src="/c3650cdf-216a-4ba2-80b0-9d6c540b105e58d2670b-ea0f-484e-b88c-0e2c1499ec9bd71e4b42-8570-44e3-89b6-845326fa43b6"></script>`),
			"set-cookie: rbzid=1\n\n" + tiny(""),
		},
	},
	{
		Name: "StackPath", Kind: crawler.GapWall, Source: "https://github.com/EnableSecurity/wafw00f",
		Only:   marks(markup, `/sbbi/\?sbbpg=`, `\bsbtsck\b`),
		Hits:   []string{`<title>Site verification</title><iframe src="/sbbi/?sbbpg=sbbShell&gprid=1"></iframe>`},
		Misses: []string{ordinary("")},
	},
	{
		Name: "Alibaba Cloud", Kind: crawler.GapWall, Source: "https://www.alibabacloud.com/help/en/waf/",
		Only: slices.Concat(
			marks(asked, `/_____tmd_____/`),
			marks(markup, `x5secdata`, `/_____tmd_____/punish`, `id="nocaptcha"`),
			marks(address, `/_____tmd_____/punish`),
		),
		Sensor: marks(head, `^set-cookie: *acw_sc__v[23]=`),
		Hits:   []string{`<div id="nocaptcha"></div><script src="/_____tmd_____/punish?x5secdata=1"></script>`},
		Misses: []string{"set-cookie: acw_sc__v2=1\n\n" + ordinary("")},
	},
	{
		Name: "Tencent Cloud", Kind: crawler.GapWall, Source: "https://www.tencentcloud.com/document/product/1159",
		Sensor: marks(asked, `//[\w.-]*captcha\.(qcloud|gtimg|myqcloud)\.com/`, `/TCaptcha(-global)?\.js`),
		Hits:   []string{"403\n\n" + `<p>请完成安全验证</p><script src="https://turing.captcha.qcloud.com/TCaptcha.js"></script>`},
		Misses: []string{form(`<script src="https://turing.captcha.qcloud.com/TCaptcha.js"></script>`)},
	},
	{
		Name: "SiteGround", Kind: crawler.GapWall, Source: "https://www.siteground.com/kb/",
		Only:   slices.Concat(marks(address, `/\.well-known/(sg)?captcha/`), marks(markup, `/\.well-known/(sg)?captcha/`)),
		Hits:   []string{"202\n\n" + `<meta http-equiv="refresh" content="0;/.well-known/sgcaptcha/?r=%2F">`},
		Misses: []string{ordinary("")},
	},
	{
		Name: "Imunify360", Kind: crawler.GapWall, Source: "https://docs.imunify360.com/webshield/",
		Only: slices.Concat(marks(said, `imunify360`), marks(markup, `\bwsidchk\b`)),
		Hits: []string{
			`<title>One moment, please...</title><h1>Please wait while your request is being verified...</h1><form id="wsidchk-form"></form>`,
		},
		Misses: []string{ordinary("")},
	},
	{
		Name: "Wordfence", Kind: crawler.GapWall, Source: "https://www.wordfence.com/help/blocking/",
		Only: marks(said, `generated by wordfence`),
		Hits: []string{
			"503\n\n" + `<h1>Your access to this site has been limited by the site owner</h1><p>Generated by Wordfence at Mon</p>`,
		},
		Misses: []string{ordinary("<p>We use Wordfence.</p>")},
	},
	{
		Name: "CrowdSec", Kind: crawler.GapWall, Source: "https://docs.crowdsec.net/docs/appsec/bot_detection/challenge_protocol",
		Only:   slices.Concat(marks(said, `^crowdsec (captcha|ban|access|challenge)`), marks(asked, `/crowdsec[-_/]`)),
		Hits:   []string{`<title>CrowdSec Captcha</title><div class="h-captcha"></div>`},
		Misses: []string{ordinary("<p>How we set up CrowdSec</p>")},
	},
	{
		Name: "Google", Kind: crawler.GapWall, Source: "https://support.google.com/websearch/answer/86640",
		Proves: marks(address, `^https?://[\w.-]*google\.[\w.]+/sorry/`),
		Only:   marks(said, `our systems have detected unusual traffic`),
		Hits: []string{
			"429\n\n" + `<p>Our systems have detected unusual traffic from your computer network. This page checks to see if it's really you.</p><div class="g-recaptcha"></div>`,
		},
		Misses: []string{ordinary(`<script src="https://www.google.com/recaptcha/api.js?render=6Labc"></script>`)},
	},
	{
		Name: "Yandex SmartCaptcha", Kind: crawler.GapWall, Source: "https://yandex.cloud/en/docs/smartcaptcha/",
		Only:   marks(address, `/showcaptcha(fast)?\?`),
		Puzzle: marks(markup, `class="([^"]* )?smart-captcha[ "]`),
		Sensor: marks(asked, `//smartcaptcha\.(yandexcloud\.net|cloud\.yandex\.ru)/`),
		Hits: []string{
			`<h1>Вы не робот?</h1><div class="smart-captcha"></div><script src="https://smartcaptcha.yandexcloud.net/captcha.js"></script>`,
		},
		Misses: []string{
			form(`<div class="smart-captcha"></div><script src="https://smartcaptcha.yandexcloud.net/captcha.js"></script>`),
		},
	},
	{
		Name: "Queue-it", Kind: crawler.GapQueue, Source: "https://github.com/queueit/KnownUser.V3.Javascript",
		Proves: marks(address, `^https?://([\w-]+\.)*queue-it\.net/`),
		Only: slices.Concat(
			marks(
				markup, `queueViewModel`, `data-pageid="(queue|before|idle|after|softblock|error)`,
				`id="(MainPart_|lbHeaderH2|queue-it_log)`,
			),
			marks(asked, `//assets\.queue-it\.net/`),
			marks(said, `powered by queue-it`),
		),
		Sensor: slices.Concat(marks(asked, `//[\w.-]*queue-it\.net/`), marks(head, `^set-cookie: *QueueITAccepted`)),
		Hits: []string{
			`<title>Queue-it</title><h1>You are now in line</h1><p>Number of users in line ahead of you: 2345</p><script src="https://static.queue-it.net/content/x.js"></script>`,
			`<body data-pageid="queue"><p>Merci de votre patience.</p><script src="https://assets.queue-it.net/shop/x.js"></script></body>`,
		},
		Misses: []string{
			ordinary(`<script src="//static.queue-it.net/script/queueclient.min.js"></script>`),
			tiny(`<script src="//static.queue-it.net/script/queueclient.min.js"></script>`),
		},
	},
	{
		Name: "Queue-Fair", Kind: crawler.GapQueue, Source: "https://queue-fair.com/virtual-waiting-room",
		Proves: marks(address, `^https?://([\w-]+\.)*queue-fair\.(net|com)/`),
		Sensor: marks(asked, `//[\w.-]*queue-fair\.(net|com)/`),
		Hits: []string{
			`<h1>Virtual waiting room</h1><p>You are in the queue. There are 12 people ahead of you.</p><script src="https://shop.queue-fair.net/queue.js"></script>`,
		},
		Misses: []string{
			ordinary(`<script src="https://files.queue-fair.net/queue-fair-adapter.js"></script>`),
			tiny(`<script src="https://files.queue-fair.net/queue-fair-adapter.js"></script>`),
		},
	},
	{
		Name: "CrowdHandler", Kind: crawler.GapQueue, Source: "https://www.crowdhandler.com/docs",
		Proves: marks(address, `^https?://wait\.crowdhandler\.com/`),
		Sensor: marks(asked, `//[\w.-]*crowdhandler\.com/`),
		Hits:   []string{`<h1>You're in the queue</h1><script src="https://wait.crowdhandler.com/room.js"></script>`},
		Misses: []string{ordinary(`<script src="https://wait.crowdhandler.com/js/latest/main.js"></script>`)},
	},
	{
		Name: "Netacea", Kind: crawler.GapQueue, Source: "https://docs.netacea.com/",
		Sensor: slices.Concat(marks(asked, `//[\w.-]*netacea\.(com|net)/`), marks(head, `^set-cookie: *_mita(ta|c)`)),
		Hits: []string{
			`<h1>Waiting room</h1><p>Your estimated wait is 4 minutes</p><script src="https://assets.netacea.net/q.js"></script>`,
		},
		Misses: []string{"set-cookie: _mitata=1\n\n" + ordinary("")},
	},
	{
		Name: "Arkose Labs", Kind: crawler.GapWall, Source: "https://developer.arkoselabs.com/docs/",
		Puzzle: marks(markup, `id="(FunCaptcha|arkose|enforcementFrame)`),
		Sensor: marks(asked, `\.(arkoselabs|funcaptcha)\.(com|co)/`),
		Hits: []string{
			`<h1>Security check</h1><div id="FunCaptcha"></div><script src="https://client-api.arkoselabs.com/v2/x/api.js"></script>`,
		},
		Misses: []string{
			form(`<div id="FunCaptcha"></div><script src="https://client-api.arkoselabs.com/v2/x/api.js"></script>`),
			tiny(`<script src="https://client-api.arkoselabs.com/v2/x/api.js"></script>`),
		},
	},
	{
		Name: "hCaptcha", Kind: crawler.GapWall, Source: "https://docs.hcaptcha.com/",
		Puzzle: marks(markup, `class="([^"]* )?h-captcha[ "]`),
		Sensor: marks(asked, `//([\w-]+\.)?hcaptcha\.com/`),
		Hits: []string{
			`<p>Please complete the captcha to go on.</p><form><div class="h-captcha" data-sitekey="x"></div></form><script src="https://js.hcaptcha.com/1/api.js"></script>`,
			`<p>Une petite question</p><form><div class="h-captcha" data-sitekey="x"></div></form>`,
		},
		Misses: []string{
			form(`<div class="h-captcha" data-sitekey="x"></div><script src="https://js.hcaptcha.com/1/api.js"></script>`),
			tiny(`<div class="h-captcha" data-size="invisible"></div><script src="https://js.hcaptcha.com/1/api.js"></script>`),
		},
	},
	{
		Name: "GeeTest", Kind: crawler.GapWall, Source: "https://docs.geetest.com/",
		Puzzle: marks(markup, `class="([^"]* )?geetest_`),
		Sensor: marks(asked, `//[\w.-]*geetest\.com/`),
		Hits: []string{
			`<h1>Human verification</h1><div class="geetest_captcha"></div><script src="https://static.geetest.com/v4/gt4.js"></script>`,
		},
		Misses: []string{form(`<div class="geetest_captcha"></div>`)},
	},
	{
		Name: "Friendly Captcha", Kind: crawler.GapWall, Source: "https://developer.friendlycaptcha.com/docs/",
		Puzzle: marks(markup, `class="([^"]* )?frc-captcha[ "]`),
		Hits:   []string{`<p>Bitte bestätigen Sie, dass Sie ein Mensch sind.</p><div class="frc-captcha" data-sitekey="x"></div>`},
		Misses: []string{form(`<div class="frc-captcha" data-sitekey="x"></div>`)},
	},
	{
		Name: "ALTCHA", Kind: crawler.GapWall, Source: "https://altcha.org/docs/",
		Puzzle: marks(markup, `<altcha-widget\b`),
		Hits:   []string{`<p>One more step</p><altcha-widget challengeurl="/altcha"></altcha-widget>`},
		Misses: []string{form(`<altcha-widget challengeurl="/altcha"></altcha-widget>`)},
	},
	{
		Name: "mCaptcha", Kind: crawler.GapWall, Source: "https://mcaptcha.org/docs/",
		Puzzle: marks(markup, `id="mcaptcha__`),
		Hits:   []string{`<p>Just a second</p><div id="mcaptcha__widget-container"></div>`},
		Misses: []string{form(`<div id="mcaptcha__widget-container"></div>`)},
	},
	{
		Name: "reCAPTCHA", Kind: crawler.GapWall, Source: "https://developers.google.com/recaptcha/docs/display",
		Puzzle: slices.Concat(marks(markup, `class="([^"]* )?g-recaptcha[ "]`), marks(asked, `/recaptcha/(api2|enterprise)/anchor\?`)),
		Sensor: marks(asked, `//www\.(google\.com|recaptcha\.net)/recaptcha/`),
		Hits: []string{
			`<p>Please show that you are not a robot</p><form><div class="g-recaptcha" data-sitekey="x"></div></form><script src="https://www.google.com/recaptcha/api.js"></script>`,
		},
		Misses: []string{
			form(`<div class="g-recaptcha" data-sitekey="x"></div><script src="https://www.google.com/recaptcha/api.js"></script>`),
			tiny(`<script src="https://www.google.com/recaptcha/api.js?render=6Labc"></script>`),
		},
	},
}

// ordinary is a page of a shop with something in it.
func ordinary(with string) string {
	return `<title>Blue jackets</title><nav><a href="/">Start</a><a href="/jackets">Jackets</a><a href="/trousers">Trousers</a><a href="/shoes">Shoes</a><a href="/sale">Sale</a><a href="/about">About us</a></nav>` +
		`<h1>Blue jackets</h1><p>Made of wool, in three sizes, and sent within two days.</p>` + with
}

// tiny is a page of one word with something in it.
func tiny(with string) string { return `<title>Hello</title><p>Hello</p>` + with }

// form is a small page to write to somebody, with something in its form.
func form(with string) string {
	return `<title>Write to us</title><h1>Write to us</h1><form action="/send"><input name="name"><input type="email" name="email"><textarea name="message"></textarea>` + with + `<button>Send</button></form>`
}

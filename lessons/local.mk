# What students see. The whole folder is shipped and installed as it is.
LESSONS = \
	01-udp-server \
	02-udp-client-port \
	03-foreign-address \
	04-nobody-there \
	05-who-starts \
	06-tcp-server \
	07-tcp-client-port \
	08-stream \
	09-half-close \
	10-many-clients \
	11-http \
	12-nobody-listens \
	13-push \
	14-poll \
	15-webhook \
	16-keepalive \
	17-upload-download \
	18-refused-or-dropped \
	19-facade \
	20-nat-mapping \
	21-nat-filtering \
	22-hole-punching \
	23-load-balancer \
	24-vpn \
	25-relay \
	26-write-the-rules \
	27-write-the-trace

LESSON_FILES = \
	%D%/lesson.mk \
	%D%/01-udp-server/README.md %D%/01-udp-server/hints.md %D%/01-udp-server/lesson \
	%D%/01-udp-server/Makefile %D%/01-udp-server/server.c \
	%D%/01-udp-server/traces/one-question.trace %D%/01-udp-server/traces/two-clients.trace \
	%D%/01-udp-server/traces/ask-again.trace %D%/01-udp-server/traces/nc.trace \
	%D%/02-udp-client-port/README.md %D%/02-udp-client-port/hints.md %D%/02-udp-client-port/lesson \
	%D%/02-udp-client-port/Makefile %D%/02-udp-client-port/client.c \
	%D%/02-udp-client-port/traces/any-port.trace %D%/02-udp-client-port/traces/port-6666.trace \
	%D%/03-foreign-address/README.md %D%/03-foreign-address/hints.md %D%/03-foreign-address/lesson \
	%D%/03-foreign-address/Makefile %D%/03-foreign-address/mine.c %D%/03-foreign-address/server.c \
	%D%/03-foreign-address/traces/comes-later.trace %D%/03-foreign-address/traces/still-mine.trace \
	%D%/03-foreign-address/traces/which-are-mine.trace \
	%D%/04-nobody-there/README.md %D%/04-nobody-there/hints.md %D%/04-nobody-there/lesson \
	%D%/04-nobody-there/Makefile %D%/04-nobody-there/probe.c %D%/04-nobody-there/unbound.c \
	%D%/04-nobody-there/traces/never-bound.trace %D%/04-nobody-there/traces/three-ports.trace \
	%D%/04-nobody-there/traces/thrown-away.trace \
	%D%/05-who-starts/README.md %D%/05-who-starts/hints.md %D%/05-who-starts/lesson \
	%D%/05-who-starts/Makefile %D%/05-who-starts/peer.c %D%/05-who-starts/first.trace \
	%D%/05-who-starts/traces/a-starts.trace %D%/05-who-starts/traces/b-starts.trace \
	%D%/05-who-starts/traces/both-start.trace \
	%D%/06-tcp-server/README.md %D%/06-tcp-server/hints.md %D%/06-tcp-server/lesson \
	%D%/06-tcp-server/Makefile %D%/06-tcp-server/server.c %D%/06-tcp-server/opens.trace \
	%D%/06-tcp-server/traces/one-client.trace %D%/06-tcp-server/traces/two-in-turn.trace %D%/06-tcp-server/traces/nc.trace \
	%D%/07-tcp-client-port/README.md %D%/07-tcp-client-port/hints.md %D%/07-tcp-client-port/lesson \
	%D%/07-tcp-client-port/Makefile %D%/07-tcp-client-port/client.c \
	%D%/07-tcp-client-port/traces/any-port.trace %D%/07-tcp-client-port/traces/port-5555.trace \
	%D%/07-tcp-client-port/traces/twice.trace \
	%D%/08-stream/README.md %D%/08-stream/hints.md %D%/08-stream/lesson %D%/08-stream/Makefile \
	%D%/08-stream/client.c %D%/08-stream/traces/pieces.trace \
	%D%/08-stream/traces/awkward.trace %D%/08-stream/traces/together.trace \
	%D%/09-half-close/README.md %D%/09-half-close/hints.md %D%/09-half-close/lesson \
	%D%/09-half-close/Makefile %D%/09-half-close/client.c %D%/09-half-close/counter.c \
	%D%/09-half-close/traces/slow-answer.trace %D%/09-half-close/traces/real-counter.trace \
	%D%/10-many-clients/README.md %D%/10-many-clients/hints.md %D%/10-many-clients/lesson \
	%D%/10-many-clients/Makefile %D%/10-many-clients/server.c %D%/10-many-clients/guest.c \
	%D%/10-many-clients/traces/silent.trace %D%/10-many-clients/traces/three.trace \
	%D%/10-many-clients/traces/stop.trace \
	%D%/11-http/README.md %D%/11-http/hints.md %D%/11-http/lesson %D%/11-http/Makefile \
	%D%/11-http/client.c %D%/11-http/server.c \
	%D%/11-http/traces/your-client.trace %D%/11-http/traces/not-there.trace \
	%D%/11-http/traces/your-server.trace %D%/11-http/traces/next-client.trace %D%/11-http/traces/together.trace \
	%D%/11-http/traces/curl.trace %D%/11-http/traces/python.trace \
	%D%/12-nobody-listens/README.md %D%/12-nobody-listens/hints.md %D%/12-nobody-listens/lesson \
	%D%/12-nobody-listens/Makefile %D%/12-nobody-listens/meet.c %D%/12-nobody-listens/traces/a-begins.trace \
	%D%/12-nobody-listens/traces/b-begins.trace \
	%D%/13-push/README.md %D%/13-push/hints.md %D%/13-push/lesson %D%/13-push/Makefile \
	%D%/13-push/hub.c %D%/13-push/cloud.c %D%/13-push/news.trace \
	%D%/13-push/traces/your-hub.trace %D%/13-push/traces/your-cloud.trace %D%/13-push/traces/together.trace \
	%D%/14-poll/README.md %D%/14-poll/hints.md %D%/14-poll/lesson %D%/14-poll/Makefile \
	%D%/14-poll/hub.c %D%/14-poll/cloud.c \
	%D%/14-poll/traces/short.trace %D%/14-poll/traces/long.trace %D%/14-poll/traces/real-cloud.trace \
	%D%/16-keepalive/README.md %D%/16-keepalive/hints.md %D%/16-keepalive/lesson \
	%D%/16-keepalive/Makefile %D%/16-keepalive/hub.c %D%/16-keepalive/lamp.c %D%/16-keepalive/cloud.c \
	%D%/16-keepalive/who-speaks.trace \
	%D%/16-keepalive/traces/tcp.trace %D%/16-keepalive/traces/udp.trace \
	%D%/17-upload-download/README.md %D%/17-upload-download/hints.md %D%/17-upload-download/lesson \
	%D%/17-upload-download/Makefile %D%/17-upload-download/move.c %D%/17-upload-download/film.trace \
	%D%/17-upload-download/traces/upload.trace %D%/17-upload-download/traces/download.trace \
	%D%/17-upload-download/traces/film.trace %D%/17-upload-download/traces/backup.trace \
	%D%/19-facade/README.md %D%/19-facade/hints.md %D%/19-facade/lesson %D%/19-facade/Makefile \
	%D%/19-facade/mirror.c %D%/19-facade/hub.c \
	%D%/19-facade/traces/your-mirror.trace %D%/19-facade/traces/your-hub.trace \
	%D%/19-facade/traces/same-house.trace %D%/19-facade/traces/from-a-cafe.trace \
	%D%/18-refused-or-dropped/README.md %D%/18-refused-or-dropped/hints.md %D%/18-refused-or-dropped/lesson \
	%D%/18-refused-or-dropped/Makefile %D%/18-refused-or-dropped/probe.c \
	%D%/18-refused-or-dropped/traces/both-ways.trace %D%/18-refused-or-dropped/traces/three-doors.trace \
	%D%/18-refused-or-dropped/traces/told-no.trace \
	%D%/20-nat-mapping/README.md %D%/20-nat-mapping/hints.md \
	%D%/20-nat-mapping/lesson %D%/20-nat-mapping/Makefile \
	%D%/20-nat-mapping/mapping.c %D%/20-nat-mapping/mirror.c \
	%D%/20-nat-mapping/traces/one-port.trace %D%/20-nat-mapping/traces/one-an-address.trace \
	%D%/20-nat-mapping/traces/one-a-port.trace %D%/20-nat-mapping/traces/kept.trace \
	%D%/21-nat-filtering/README.md %D%/21-nat-filtering/hints.md \
	%D%/21-nat-filtering/lesson %D%/21-nat-filtering/Makefile \
	%D%/21-nat-filtering/kind.c %D%/21-nat-filtering/server.c \
	%D%/21-nat-filtering/traces/full-cone.trace %D%/21-nat-filtering/traces/restricted.trace \
	%D%/21-nat-filtering/traces/port-restricted.trace %D%/21-nat-filtering/traces/symmetric.trace \
	%D%/22-hole-punching/README.md %D%/22-hole-punching/hints.md \
	%D%/22-hole-punching/lesson %D%/22-hole-punching/Makefile \
	%D%/22-hole-punching/peer.c %D%/22-hole-punching/rendezvous.c \
	%D%/22-hole-punching/traces/port-restricted.trace %D%/22-hole-punching/traces/full-and-symmetric.trace \
	%D%/22-hole-punching/traces/restricted-and-symmetric.trace %D%/22-hole-punching/traces/relayed.trace \
	%D%/23-load-balancer/README.md %D%/23-load-balancer/hints.md %D%/23-load-balancer/lesson \
	%D%/23-load-balancer/Makefile %D%/23-load-balancer/balancer.c %D%/23-load-balancer/doors.trace \
	%D%/23-load-balancer/traces/on-the-firewall.trace %D%/23-load-balancer/traces/behind-it.trace \
	%D%/23-load-balancer/traces/chain.trace %D%/23-load-balancer/traces/worker-away.trace \
	%D%/23-load-balancer/traces/three-doors.trace \
	%D%/24-vpn/README.md %D%/24-vpn/hints.md %D%/24-vpn/lesson %D%/24-vpn/Makefile \
	%D%/24-vpn/vpn.c %D%/24-vpn/ask.c %D%/24-vpn/git.c %D%/24-vpn/who.trace \
	%D%/24-vpn/traces/one-packet.trace %D%/24-vpn/traces/connection.trace %D%/24-vpn/traces/facade.trace \
	%D%/25-relay/README.md %D%/25-relay/hints.md %D%/25-relay/lesson %D%/25-relay/Makefile \
	%D%/25-relay/relay.c %D%/25-relay/hub.c %D%/25-relay/phone.c %D%/25-relay/calls.trace \
	%D%/25-relay/traces/order.trace %D%/25-relay/traces/both-ways.trace %D%/25-relay/traces/gone.trace \
	%D%/25-relay/traces/your-peers.trace %D%/25-relay/traces/together.trace \
	%D%/15-webhook/README.md %D%/15-webhook/hints.md %D%/15-webhook/lesson %D%/15-webhook/Makefile \
	%D%/15-webhook/hub.c %D%/15-webhook/cloud.c %D%/15-webhook/who-calls.trace \
	%D%/15-webhook/traces/registered.trace %D%/15-webhook/traces/twice.trace \
	%D%/15-webhook/traces/real-cloud.trace \
	%D%/27-write-the-trace/Makefile %D%/27-write-the-trace/README.md %D%/27-write-the-trace/client.c \
	%D%/27-write-the-trace/hints.md %D%/27-write-the-trace/lesson %D%/27-write-the-trace/tcp.trace \
	%D%/27-write-the-trace/tcp_servers.c %D%/27-write-the-trace/udp.trace %D%/27-write-the-trace/udp_servers.c \
	%D%/27-write-the-trace/traces/tcp-servers.trace %D%/27-write-the-trace/traces/udp-servers.trace \
	%D%/26-write-the-rules/Makefile %D%/26-write-the-rules/README.md %D%/26-write-the-rules/ask.c \
	%D%/26-write-the-rules/fw.nft %D%/26-write-the-rules/hints.md %D%/26-write-the-rules/lesson \
	%D%/26-write-the-rules/server.c %D%/26-write-the-rules/traces/dmz.trace \
	%D%/26-write-the-rules/traces/door.trace %D%/26-write-the-rules/traces/inside.trace \
	%D%/26-write-the-rules/traces/nothing-else.trace %D%/26-write-the-rules/traces/refused.trace \
	%D%/26-write-the-rules/traces/web.trace

nobase_dist_pkgdata_DATA = $(LESSON_FILES)

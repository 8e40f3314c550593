/* The far end of an SRTP association, by libsrtp2: an implementation that shares no line with ours.
 *
 *   cc srtp_echo.c -o srtp_echo -lsrtp2
 *   srtp_echo PROFILE THEIR_KEY OWN_KEY OWN_SSRC ADDRESS PORT [DATAGRAMS]
 *
 * PROFILE    aes128_cm_sha1_80, aead_aes_128_gcm or aead_aes_256_gcm
 * *_KEY      master key and salt, hexadecimal, one behind the other
 * OWN_SSRC   what it sends as, hexadecimal
 * PORT       0 for one that is free
 * DATAGRAMS  ends after so many have come; 0 or none: at SIGTERM
 *
 * Says "listening on ADDRESS:PORT". Opens each datagram (SRTCP by its second byte, RFC 5761), puts its own
 * SSRC in, protects it with its own key and sends it back. Ends at SIGTERM, after DATAGRAMS, or when nothing
 * has come for 30 seconds, with a line of JSON that counts what came. Exit status 0 then, 3 if libsrtp2
 * was built without the profile, 2 for a wrong command line, 1 for anything else. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <srtp2/srtp.h>

enum { DATAGRAM_MAX = 2048, WINDOW = 128, TICK_MS = 100, SILENCE_TICKS = 300 };

static volatile sig_atomic_t stopped;

static struct {
  unsigned long rtp, rtcp, auth_failures, replays, other, echoed;
} counts;

static void stop(int signal) {
  (void)signal;
  stopped = 1;
}

static void fail(int status, const char *what) {
  fprintf(stderr, "srtp_echo: %s\n", what);
  exit(status);
}

static int profile_of(const char *name, srtp_profile_t *profile) {
  if (strcmp(name, "aes128_cm_sha1_80") == 0) *profile = srtp_profile_aes128_cm_sha1_80;
  else if (strcmp(name, "aead_aes_128_gcm") == 0) *profile = srtp_profile_aead_aes_128_gcm;
  else if (strcmp(name, "aead_aes_256_gcm") == 0) *profile = srtp_profile_aead_aes_256_gcm;
  else return 0;
  return 1;
}

static srtp_t session(srtp_profile_t profile, const char *hex, srtp_ssrc_type_t direction) {
  static unsigned char key[SRTP_MAX_KEY_LEN];
  size_t len = srtp_profile_get_master_key_length(profile) + srtp_profile_get_master_salt_length(profile);
  if (len > sizeof key || strlen(hex) != 2 * len) fail(2, "a key has a wrong length");
  for (size_t at = 0; at < len; at++) {
    if (sscanf(hex + 2 * at, "%2hhx", &key[at]) != 1) fail(2, "a key is not hexadecimal");
  }
  srtp_policy_t policy;
  memset(&policy, 0, sizeof policy);
  if (srtp_crypto_policy_set_from_profile_for_rtp(&policy.rtp, profile) != srtp_err_status_ok ||
      srtp_crypto_policy_set_from_profile_for_rtcp(&policy.rtcp, profile) != srtp_err_status_ok)
    fail(3, "this libsrtp2 does not know the profile");
  policy.ssrc.type = direction;
  policy.key = key;
  policy.window_size = WINDOW;
  srtp_t created;
  if (srtp_create(&created, &policy) != srtp_err_status_ok) fail(3, "this libsrtp2 cannot do the profile");
  return created;
}

static int bound(const char *address, const char *port) {
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port))};
  socklen_t len = sizeof at;
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  if (inet_pton(AF_INET, address, &at.sin_addr) != 1) fail(2, "not an IPv4 address");
  if (fd < 0 || bind(fd, (struct sockaddr *)&at, len) < 0) fail(1, "no socket");
  if (getsockname(fd, (struct sockaddr *)&at, &len) < 0) fail(1, "no address");
  printf("listening on %s:%d\n", address, ntohs(at.sin_port));
  fflush(stdout);
  return fd;
}

static void count_refused(srtp_err_status_t status) {
  if (status == srtp_err_status_auth_fail) counts.auth_failures++;
  else if (status == srtp_err_status_replay_fail || status == srtp_err_status_replay_old) counts.replays++;
  else counts.other++;
}

/* Opens the datagram and protects it again. Its new length, or 0: it was refused. */
static int turned(srtp_t theirs, srtp_t own, uint32_t ssrc, unsigned char *datagram, int len) {
  int is_rtcp = len >= 2 && datagram[1] >= 192 && datagram[1] <= 223;
  srtp_err_status_t status =
      is_rtcp ? srtp_unprotect_rtcp(theirs, datagram, &len) : srtp_unprotect(theirs, datagram, &len);
  if (status != srtp_err_status_ok) {
    count_refused(status);
    return 0;
  }
  if (is_rtcp) counts.rtcp++;
  else counts.rtp++;
  memcpy(datagram + (is_rtcp ? 4 : 8), &ssrc, sizeof ssrc);
  status = is_rtcp ? srtp_protect_rtcp(own, datagram, &len) : srtp_protect(own, datagram, &len);
  if (status != srtp_err_status_ok) {
    count_refused(status);
    return 0;
  }
  return len;
}

static void serve(int fd, srtp_t theirs, srtp_t own, uint32_t ssrc, unsigned long datagrams) {
  /* libsrtp2 reads and writes whole words, and appends a trailer. */
  static _Alignas(8) unsigned char datagram[DATAGRAM_MAX + SRTP_MAX_TRAILER_LEN];
  unsigned long received = 0;
  int silent = 0;
  while (!stopped && silent < SILENCE_TICKS && (datagrams == 0 || received < datagrams)) {
    struct pollfd ready = {.fd = fd, .events = POLLIN};
    if (poll(&ready, 1, TICK_MS) <= 0) {
      silent++;
      continue;
    }
    silent = 0;
    struct sockaddr_in from;
    socklen_t from_len = sizeof from;
    ssize_t len = recvfrom(fd, datagram, DATAGRAM_MAX, 0, (struct sockaddr *)&from, &from_len);
    if (len < 0) continue;
    received++;
    int back = turned(theirs, own, ssrc, datagram, (int)len);
    if (back > 0 && sendto(fd, datagram, (size_t)back, 0, (struct sockaddr *)&from, from_len) == back)
      counts.echoed++;
  }
}

int main(int argc, char **argv) {
  srtp_profile_t profile;
  if (argc < 7 || argc > 8 || !profile_of(argv[1], &profile))
    fail(2, "PROFILE THEIR_KEY OWN_KEY OWN_SSRC ADDRESS PORT [DATAGRAMS]");
  struct sigaction action = {.sa_handler = stop};
  sigaction(SIGTERM, &action, NULL);
  if (srtp_init() != srtp_err_status_ok) fail(1, "libsrtp2 does not start");
  srtp_t theirs = session(profile, argv[2], ssrc_any_inbound);
  srtp_t own = session(profile, argv[3], ssrc_any_outbound);
  uint32_t ssrc = htonl((uint32_t)strtoul(argv[4], NULL, 16));
  serve(bound(argv[5], argv[6]), theirs, own, ssrc, argc == 8 ? strtoul(argv[7], NULL, 10) : 0);
  printf("{\"rtp\":%lu,\"rtcp\":%lu,\"auth_failures\":%lu,\"replays\":%lu,\"other\":%lu,\"echoed\":%lu}\n",
         counts.rtp, counts.rtcp, counts.auth_failures, counts.replays, counts.other, counts.echoed);
  return 0;
}

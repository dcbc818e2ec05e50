// The options of media, announcements, journal and services (runtime/*_options.hpp), and the list of all tables.
#include "settings/describe.hpp"
#include "settings/tables.hpp"

namespace pledge::settings {

namespace {
// What the engine itself lets be heard.
Table<runtime::MediaOptions>& add_tones(Table<runtime::MediaOptions>& table) {
  using T = runtime::MediaOptions;
  return table
      .add("ringback_hz_low", &T::ringback_hz_low, "Lower tone of the ring tone.", {.least = 50, .most = 3400, .unit = "Hz"})
      .add("ringback_hz_high", &T::ringback_hz_high, "Higher tone of the ring tone.",
           {.least = 50, .most = 3400, .unit = "Hz"})
      .add("ringback_on", &T::ringback_on, "Length of each of the two bursts.",
           {.least = 20 * millisecond, .most = 10 * second})
      .add("ringback_gap", &T::ringback_gap, "Gap between the two bursts.",
           {.least = 20 * millisecond, .most = 10 * second})
      .add("ringback_pause", &T::ringback_pause, "Pause after the second burst.",
           {.least = 20 * millisecond, .most = 10 * second})
      .add("ringback_level", &T::ringback_level, "Level of each of the two tones.",
           {.least = -60, .most = -6, .unit = "dBm0"})
      .add("hold_hz", &T::hold_hz, "Comfort tone on hold.", {.least = 50, .most = 3400, .unit = "Hz"})
      .add("hold_on", &T::hold_on, "Length of its beep.", {.least = 20 * millisecond, .most = 10 * second})
      .add("hold_pause", &T::hold_pause, "Pause after the beep.", {.least = 20 * millisecond, .most = minute})
      .add("hold_level", &T::hold_level, "Level of the beep.", {.least = -60, .most = -6, .unit = "dBm0"})
      .add("monitor_hz", &T::monitor_hz, "Tone while a supervisor listens; see [call_control].",
           {.least = 50, .most = 3400, .unit = "Hz"})
      .add("monitor_on", &T::monitor_on, "Length of its beep.", {.least = 20 * millisecond, .most = second})
      .add("monitor_level", &T::monitor_level, "Level of its beep.", {.least = -60, .most = -6, .unit = "dBm0"});
}
}  // namespace

const Table<runtime::MediaOptions>& Schema<runtime::MediaOptions>::table() {
  using T = runtime::MediaOptions;
  static const Table<T> table = add_tones(
      Table<T>("[media]", "RTP. Read at start; a reload does not move live ports.")
          .add("engine", &T::engine,
               "Whose ports parties send to: embedded = the engine's own, rtpengine = those of [media.rtpengine], while it answers.")
          .add("rtpengine", &T::rtpengine, "rtpengine before the embedded engine.")
          .add("port_first", &T::port_first, "First port of the RTP range; two ports a leg.",
               {.least = 1024, .most = 65534, .unit = "port"})
          .add("port_last", &T::port_last, "Last port of the RTP range.", {.least = 1025, .most = 65535, .unit = "port"})
          .add("bind_attempts", &T::bind_attempts, "Port pairs tried before giving up when other programs hold some.",
               {.least = 1, .most = 10'000, .unit = "pairs"})
          .add("receive_buffer", &T::receive_buffer, "Receive buffer of one RTP socket.",
               {.least = 4096, .most = 16'777'216, .unit = "bytes"})
          .add("send_buffer", &T::send_buffer, "Send buffer of one RTP socket.",
               {.least = 4096, .most = 16'777'216, .unit = "bytes"})
          .add("dscp", &T::dscp, "Differentiated-services code point; 46 = expedited forwarding.",
               {.least = 0, .most = 63, .unit = "code point"})
          .add("stable_packets", &T::stable_packets,
               "Packets in sequence that a source behind NAT must show to be believed.",
               {.least = 1, .most = 500, .unit = "packets"})
          .add("learning_candidates", &T::learning_candidates, "Sources watched at a time while learning.",
               {.least = 1, .most = 64, .unit = "sources"})
          .add("relearn_after", &T::relearn_after,
               "Silence of a peer after which another port of its host may take its place.",
               {.least = 100 * millisecond, .most = hour})
          .add("silence_after", &T::silence_after,
               "A connected leg from which no RTP came for this long is alarmed, unless it is on hold; 0 s = never.",
               {.least = 0, .most = minute})
          .add("lost_after", &T::lost_after,
               "A leg from which no RTP came for this long while the other party is heard is lost, unless it is on hold; 0 s = "
               "never.",
               {.least = 0, .most = hour})
          .add("mix_sources", &T::mix_sources, "Legs that one leg hears at a time; further ones are not heard.",
               {.least = 2, .most = 64, .unit = "legs"})
          .add("keys_a_second", &T::keys_a_second, "Key-presses of one leg told in a second; more are only counted.",
               {.least = 1, .most = 100, .unit = "key-presses/s"})
          .add("max_dropout", &T::max_dropout, "A step forward of more packets than this is a restarted sender.",
               {.least = 1, .most = 32767, .unit = "packets"})
          .add("max_misorder", &T::max_misorder, "A packet later than this many others is not relayed.",
               {.least = 0, .most = 32767, .unit = "packets"})
          .add("tick_groups", &T::tick_groups, "Groups into which playing legs are spread over each 20 ms.",
               {.least = 1, .most = 20, .unit = "groups"})
          .add("rtcp_interval", &T::rtcp_interval, "Time between RTCP reports to one peer; 0 s = none.",
               {.least = 0, .most = minute})
          .add("realtime_priority", &T::realtime_priority,
               "Real-time priority of the media thread; 0 = none. Needs CAP_SYS_NICE and two processors.",
               {.least = 0, .most = 99, .unit = "priority"})
          .add("message_bound", &T::message_bound,
               "Messages waiting for the media thread beyond which calls are refused.",
               {.least = 64, .most = 16'777'216, .unit = "messages"}));
  return table;
}

const Table<runtime::RtpengineOptions>& Schema<runtime::RtpengineOptions>::table() {
  using T = runtime::RtpengineOptions;
  static const Table<T> table =
      Table<T>("[media.rtpengine]",
               "rtpengine (Debian: rtpengine-daemon) as the engine that the network reaches, with engine = \"rtpengine\". It relays "
               "between the parties and the engine, which makes all that they hear. Where it does not answer, calls have ports of "
               "the engine, and those in it are moved there. A party that is not behind NAT must send from the port that its SDP names "
               "(RFC 4961), or it is not heard. Run it with --timeout more than three times refresh_after, and --offer-timeout a "
               "little above renew_after. Read at start.")
          .add("address", &T::address, "Where it takes requests: its --listen-ng, an IP address and a port.",
               {.format = Format::host_port})
          .add("inside_address", &T::inside_address,
               "IPv4 address at which it reaches the engine's own ports; none = the media_address of each listener.",
               {.format = Format::address, .may_be_empty = true})
          .add("inside_interface", &T::inside_interface,
               "Its interface towards the engine, the NAME of its --interface=NAME/ADDRESS; none = its first.",
               {.format = Format::plain_name, .may_be_empty = true})
          .add("outside_interface", &T::outside_interface, "Its interface towards telephones and trunks, likewise.",
               {.format = Format::plain_name, .may_be_empty = true})
          .add("ready", &T::ready, "Calls kept ready in it, one a leg; a leg that finds none has ports of the engine.",
               {.least = 1, .most = 4096, .unit = "calls"})
          .add("renew_after", &T::renew_after, "Ready calls are made anew after so long; less than its --offer-timeout.",
               {.least = second, .most = hour})
          .add("repeat_after", &T::repeat_after, "A request without an answer is sent again after so long.",
               {.least = 10 * millisecond, .most = 10 * second})
          .add("timeout", &T::timeout, "And given up after so long: it is held to be down.",
               {.least = 10 * millisecond, .most = minute})
          .add("refresh_after", &T::refresh_after,
               "A leg without packets for so long is told to it again, that it is kept; less than a third of its --timeout.",
               {.least = 100 * millisecond, .most = minute})
          .add("watch_every", &T::watch_every, "How often it is looked after.", {.least = 50 * millisecond, .most = minute})
          .add("requests_open", &T::requests_open, "Requests without an answer at a time; a further one waits for the next watch.",
               {.least = 64, .most = 65536, .unit = "requests"});
  return table;
}

const Table<Prompts>& Schema<Prompts>::table() {
  static const Table<Prompts> table =
      Table<Prompts>("[prompts]",
                     "Recorded prompts: a folder for each language, in it a WAV file (or raw G.711: .alaw, .ulaw) for each "
                     "prompt. Read at start and at every reload.")
          .add("directory", &Prompts::directory,
               "Folder of your own prompts, DIRECTORY/LANGUAGE/NAME.wav, relative to the file that names it. A file there "
               "takes the place of the default that comes with the engine.",
               {.format = Format::path, .may_be_empty = true})
          .add("language", &Prompts::language, "Language of announcements that name none.",
               {.format = Format::file_name});
  return table;
}

const Table<Announcement>& Schema<Announcement>::table() {
  using T = Announcement;
  static const Table<T> table =
      Table<T>("[[announcement]]", "What callers hear: a queue's waiting_sound, an overflow, or a menu.")
          .add("name", &T::id, "Name of the announcement.", {.declares = Named::announcement, .required = true})
          .add("prompts", &T::prompts, "Prompts, one after the other. {position} and {wait} tell a waiting caller the place in the queue, and the minutes until "
               "the answer as the live rate of answer lets expect them (left out while too few were answered to know): put together from recorded words, anew each time. {hours NAME} tells the hours of "
               "the calendar of that name.", {.format = Format::file_name, .required = true})
          .add("then", &T::then,
               "What is heard after them: ringback, a prompt that repeats (music), or \"\" for silence.",
               {.format = Format::file_name, .may_be_empty = true})
          .add("repeat_after", &T::repeat_after, "The prompts are heard again after so much of `then`; 0 s = never.",
               {.least = 0, .most = 10 * minute})
          .add("language", &T::language, "Language of its prompts; none = that of [prompts].",
               {.format = Format::file_name, .may_be_empty = true});
  return table;
}

const Table<Recording>& Schema<Recording>::table() {
  static const Table<Recording> table =
      Table<Recording>("[recording]", "How the calls of queues with record = true are recorded, and how long that is kept.")
          .add("directory", &Recording::directory,
               "Where the files are, DIRECTORY/YYYY-MM-DD/NAME.wav and .json; made if missing.",
               {.format = Format::path, .restart = true})
          .add("keep_for", &Recording::keep_for, "Older recordings are removed; 0 s = never.",
               {.least = 0, .most = 5000 * day, .restart = true})
          .add("removed_every", &Recording::removed_every, "How often older ones are looked for.",
               {.least = second, .most = day, .restart = true})
          .add("packets_waiting", &Recording::packets_waiting,
               "Packets that may wait for a slow disk, 192 bytes each; more are lost to the recording, never to the call.",
               {.least = 64, .most = 16'777'216, .unit = "packets", .restart = true})
          .add("pause_reasons", &Recording::pause_reasons,
               "Reasons that may be given for pausing a recording; none = any text.")
          .add("pause_at_most", &Recording::pause_at_most,
               "A pause ends by itself after so long: a forgotten one must not cost the rest of the call.",
               {.least = second, .most = 2 * hour})
          .add("pauses_at_most", &Recording::pauses_at_most, "Pauses of one recording; a further one is refused.",
               {.least = 1, .most = 1000, .unit = "pauses"});
  return table;
}

const Table<runtime::JournalOptions>& Schema<runtime::JournalOptions>::table() {
  using T = runtime::JournalOptions;
  constexpr double gigabyte = 1024.0 * 1024 * 1024, terabyte = 1024 * gigabyte;
  static const Table<T> table =
      Table<T>("[journal]", "The journal: every event, kept for replay. Read at start.")
          .add("directory", &T::directory, "Where its files are; made if missing.", {.format = Format::path})
          .add("rotate_at_bytes", &T::rotate_at_bytes, "A file of this size is closed and the next begun.",
               {.least = 65536, .most = terabyte, .unit = "bytes"})
          .add("keep_for", &T::keep_for, "Older closed files are deleted; 0 s = never.",
               {.least = 0, .most = 5000 * day})
          .add("keep_bytes", &T::keep_bytes,
               "The oldest closed files are deleted while all together hold more; 0 = no bound.",
               {.least = 0, .most = 1000 * terabyte, .unit = "bytes"})
          .add("group_commit_gap", &T::group_commit_gap,
               "Least time between two fdatasync; calls answered within it share one.", {.least = 0, .most = second})
          .add("sync_at_least_every", &T::sync_at_least_every,
               "What nobody waits for is synchronised this often: the most a power failure can lose.",
               {.least = 10 * millisecond, .most = minute})
          .add("preallocate_bytes", &T::preallocate_bytes, "Disk space taken ahead of the writing; 0 = none.",
               {.least = 0, .most = gigabyte, .unit = "bytes"})
          .add("retry_every", &T::retry_every, "How often writing is tried again after a failure.",
               {.least = 10 * millisecond, .most = minute})
          .add("backlog_bytes", &T::backlog_bytes, "Records kept in memory until writing works again.",
               {.least = 0, .most = gigabyte, .unit = "bytes"});
  return table;
}

const Table<runtime::ServiceOptions>& Schema<runtime::ServiceOptions>::table() {
  using T = runtime::ServiceOptions;
  static const Table<T> table =
      Table<T>("[service]", "gRPC services for consoles and managers, and the metrics page.")
          .add("grpc_address", &T::grpc_address, "Where gRPC is served; loopback only until it is secured.",
               {.format = Format::host_port})
          .add("http_address", &T::http_address, "Where /metrics, /healthz and /readyz are served; empty = nowhere.",
               {.format = Format::host_port, .may_be_empty = true})
          .add("watchers", &T::watchers, "Open streams; a further one is refused.",
               {.least = 1, .most = 100'000, .unit = "streams"})
          .add("batch_gap", &T::batch_gap,
               "Changes for supervisors are gathered for so long; offers never wait for it.",
               {.least = millisecond, .most = second})
          .add("batch_outbox", &T::batch_outbox, "Batches waiting for one watcher before it is dropped.",
               {.least = 1, .most = 65536, .unit = "batches"})
          .add("console_outbox", &T::console_outbox, "Events waiting for one console before it is dropped.",
               {.least = 1, .most = 65536, .unit = "events"})
          .add("delta_ring", &T::delta_ring, "Batches kept for watchers that resume.",
               {.least = 1, .most = 1'000'000, .unit = "batches"})
          .add("delta_ring_bytes", &T::delta_ring_bytes, "And no more than so many bytes of them.",
               {.least = 65536, .most = 1'073'741'824, .unit = "bytes"})
          .add("changes_per_turn", &T::changes_per_turn, "Changes converted before the loop gets to other work.",
               {.least = 1, .most = 100'000, .unit = "changes"})
          .add("feed_linger", &T::feed_linger,
               "Without any supervision watcher for so long, changes are no longer gathered.",
               {.least = 0, .most = hour})
          .add("heartbeat", &T::heartbeat, "Sent this often on an idle stream.",
               {.least = 100 * millisecond, .most = minute})
          .add("stall_limit", &T::stall_limit, "A dropped stream whose last write does not finish by then is cut.",
               {.least = 100 * millisecond, .most = 10 * minute})
          .add("snapshot_part", &T::snapshot_part, "Things in one part of a snapshot.",
               {.least = 1, .most = 10'000, .unit = "things"})
          .add("default_deadline", &T::default_deadline, "Deadline of calls that bring none.",
               {.least = 10 * millisecond, .most = 10 * minute})
          .add("requests_pending", &T::requests_pending, "Calls waiting for the loop; a further one is refused.",
               {.least = 1, .most = 1'000'000, .unit = "requests"})
          .add("remembered_requests", &T::remembered_requests, "Answers kept for repeated request ids.",
               {.least = 1, .most = 10'000'000, .unit = "requests"})
          .add("message_bytes", &T::message_bytes, "Largest request.",
               {.least = 1024, .most = 4'194'304, .unit = "bytes"})
          .add("page_size", &T::page_size, "Length of a page of a list where the client names none.",
               {.least = 1, .most = 100'000, .unit = "things"})
          .add("page_most", &T::page_most, "Larger wishes are cut to this.",
               {.least = 1, .most = 100'000, .unit = "things"})
          .add("ended_contacts", &T::ended_contacts, "Ended calls kept for explain and for comparison.",
               {.least = 0, .most = 10'000'000, .unit = "calls"})
          .add("steps_per_contact", &T::steps_per_contact, "Decisions and changes kept of one call, and as many SIP messages.",
               {.least = 1, .most = 100'000, .unit = "steps"})
          .add("statistics_kept", &T::statistics_kept, "How far back statistics are answered.",
               {.least = hour, .most = 400 * day})
          .add("abandon_rule", &T::abandon_rule,
               "How abandoned calls enter the service level; named with every figure.")
          .add("http_connections", &T::http_connections, "HTTP connections open at once.",
               {.least = 1, .most = 10'000, .unit = "connections"})
          .add("http_timeout", &T::http_timeout, "For a whole HTTP request and its answer.",
               {.least = 100 * millisecond, .most = 10 * minute});
  return table;
}

const Table<runtime::WorkforceOptions>& Schema<runtime::WorkforceOptions>::table() {
  using T = runtime::WorkforceOptions;
  static const Table<T> table =
      Table<T>("[workforce]", "What the Workforce service plans the day with. Files are relative to the file that names them.")
          .add("roster", &T::roster, "handler,start,end,breaks,pattern: as `pledge roster` writes it.", {.may_be_empty = true})
          .add("counts", &T::counts, "Past calls, timestamp,count,class; a class is a queue, or a class of service.",
               {.may_be_empty = true})
          .add("calendar", &T::calendar, "Holidays, closed hours and events of the counts.", {.may_be_empty = true})
          .add("rules", &T::rules,
               "Folder of shifts.csv, contracts.csv, handlers.csv and leave.csv: which overtime and which breaks are allowed.",
               {.may_be_empty = true})
          .add("shrinkage", &T::shrinkage, "Share of handlers at work by the roster who are not: sickness, training, meetings.",
               {.least = 0, .most = 0.95, .share = true})
          .add("handling", &T::handling, "Mean time of talk, until the day has shown enough calls.", {.least = second, .most = hour})
          .add("patience", &T::patience, "Mean time after which a caller gives up, likewise; 0 s = never.",
               {.least = 0, .most = hour})
          .add("days", &T::days, "Days simulated of each option.", {.least = 2, .most = 1000, .unit = "days"})
          .add("jobs", &T::jobs, "Jobs that wait for the one thread that computes; a further one is refused.",
               {.least = 1, .most = 1000, .unit = "jobs", .restart = true});
  return table;
}

const Table<Source>& Schema<Source>::table() {
  static const Table<Source> table =
      Table<Source>("the configuration", "All tables.")
          .add("general", &Source::general, "Names and rules that belong to no other table.")
          .add("class", &Source::classes, "Classes of service, the first served first.")
          .add("queue", &Source::queues, "Queues.")
          .add("rule", &Source::rules, "Triage, first match decides.")
          .add("menu", &Source::menus, "Menus: the caller is asked for a key.", {.most_rows = 500})
          .add("role", &Source::roles, "Roles of handlers.")
          .add("pool", &Source::pools, "Pools of handlers.")
          .add("handler", &Source::handlers, "Handlers.", {.most_rows = 20'000})
          .add("calendar", &Source::calendars, "Weekly hours.")
          .add("holidays", &Source::holidays, "Lists of days.")
          .add("offers", &Source::offers, "What happens after an unsuccessful offer.")
          .add("limits", &Source::limits, "The most of each thing.")
          .add("trunk", &Source::trunks, "Peers.")
          .add("sip", &Source::sip, "Signalling.")
          .add("media", &Source::media, "RTP.", {.restart = true})
          .add("prompts", &Source::prompts, "Recorded prompts.")
          .add("announcement", &Source::announcements, "What waiting callers hear.")
          .add("recording", &Source::recording, "Recordings of calls.")
          .add("call_control", &Source::call_control, "Hold, consultation, transfer, calls from here.")
          .add("silent", &Source::silent, "Callers who do not speak.")
          .add("emergency", &Source::emergency, "Emergency calls, as networks present them.")
          .add("journal", &Source::journal, "The journal.", {.restart = true})
          .add("service", &Source::service, "gRPC and metrics.", {.restart = true})
          .add("workforce", &Source::workforce, "Roster and counts of the day.");
  return table;
}

}  // namespace pledge::settings

#include "scenarios/scenario.hpp"

#include <functional>
#include <map>
#include <sstream>

#include "core/menus.hpp"

namespace pledge::core::test {

namespace {

using Words = std::vector<std::string>;

Words split(const std::string& line) {
  std::istringstream in(line);
  Words words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

Duration seconds(const std::string& text) { return std::chrono::nanoseconds{std::llround(std::stod(text) * 1e9)}; }

std::string rest(const Words& words, std::size_t from) {
  std::string text;
  for (std::size_t i = from; i < words.size(); ++i) text += (i > from ? " " : "") + words[i];
  return text;
}

Key key_named(const std::string& text) {
  for (std::uint8_t i = 0; i < 16; ++i)
    if (name(static_cast<Key>(i)) == text) return static_cast<Key>(i);
  throw std::runtime_error("no key " + text);
}

// key 1 call-back, key 2 again, key 3 queue emergency
WaitingChoice waiting_choice(const Words& words) {
  WaitingChoice choice{key_named(words[1]), words[2], {}, words[2] == "call-back", words[2] == "again"};
  if (words[2] == "queue") choice.queue = {words[3]};
  return choice;
}

class Player {
 public:
  std::string play(const std::string& transcript);

 private:
  void setting(const Words& words);
  bool queue_setting(const Words& words);
  void wording(const Words& words);
  void happening(const Words& words);
  void happen(const Words& words);
  bool happen_in_menu(const Words& words);
  bool recording(const Words& words);
  bool call_control(const Words& words);
  bool emergency(const Words& words);
  void call(const Words& words);
  CallTarget target(const Words& words, std::size_t from) const;
  void reload_without(const std::string& handler);
  void reload_without_queue(const std::string& queue);
  void monitor_tone(const Words& w);
  void reload_without_menus();
  void note();
  void advance(Time to);
  LegId leg_of(const std::string& who) const;
  OfferId offer_of(const std::string& handler) const { return room_->core.handler({handler})->offer; }
  Request by(const std::string& actor) { return room_->request(actor); }

  Options options_ = small_room(2);
  std::string supervisor_ = "manager";
  std::optional<Room> room_;
  std::map<std::string, LegId> callers_;  // by number
  std::map<std::string, LegId> phones_;   // by handler, the last one rung
  std::map<std::string, LegId> called_;   // by number, the last leg to it
  std::map<LegId, std::uint32_t> turns_;  // the last one of each leg
  std::string out_;
};

void Player::setting(const Words& words) {
  const auto handler = [&](const std::string& id) -> HandlerOptions& {
    for (auto& h : options_.handlers)
      if (h.id.value == id) return h;
    throw std::runtime_error("no handler " + id);
  };
  if (words[0] == "handlers") {
    options_.handlers = small_room(std::stoi(words[1])).handlers;
  } else if (words[0] == "reserve") {
    options_.pools[0].reserve.kind = ReserveKind::fixed;
    options_.pools[0].reserve.handlers = std::stod(words[1]);
  } else if (words[0] == "wrap-up") {
    for (auto& queue : options_.queues) queue.wrap_up = seconds(words[1]);
  } else if (words[0] == "accept-first") {
    handler(words[1]).phone_mode = PhoneMode::accept_first;
  } else if (words[0] == "nailed-up") {
    handler(words[1]).phone_mode = PhoneMode::nailed_up;
  } else if (words[0] == "supervisor") {
    options_.roles.push_back({{"supervisor"}, {}, true});
    handler(words[1]).roles.push_back({"supervisor"});
  } else if (words[0] == "pause-at-most") {
    options_.recording.pause_at_most = seconds(words[1]);
  } else if (words[0] == "starvation-bound") {
    options_.classes[1].starvation_bound = seconds(words[1]);
  } else if (words[0] == "skill") {  // skill h1 welsh
    handler(words[1]).skills.push_back({{words[2]}, 1});
  } else if (words[0] == "needs") {  // needs 02079460100 welsh widening-after 15
    TriageRule special = rule(words[2], words[1], "general");
    special.skills = {{{words[2]}, 1}};
    options_.triage.insert(options_.triage.begin(), special);
  } else if (words[0] == "menus") {
    options_.menus = two_menus();
    options_.service_states = {"normal", "major incident"};
    options_.triage.insert(options_.triage.begin(), rule("101", "101", ""));
    options_.triage.front().menu = "101";
  } else if (words[0] == "numbers") {  // that may be called
    options_.call_control.numbers = Words(words.begin() + 1, words.end());
  } else if (words[0] == "parties-at-most") {
    options_.call_control.parties_at_most = static_cast<std::uint32_t>(std::stoul(words[1]));
  } else if (words[0] == "monitor-tone") {
    monitor_tone(words);
  } else if (words[0] == "hold-sound") {
    options_.call_control.hold_sound = rest(words, 1);
  } else if (words[0] == "by") {
    supervisor_ = words[1];
  } else if (words[0] == "returned-sound") {
    options_.call_control.returned_sound = words[1];
  } else if (words[0] == "silent-after") {
    options_.silent.after = seconds(words[1]);
    options_.silent.announcement = "press 55";
  } else if (words[0] == "ask-silent") {  // mobiles|all
    options_.silent.ask = words[1] == "all" ? AskSilent::all : AskSilent::mobiles;
  } else if (words[0] == "re-presented") {
    options_.emergency.re_presented_within = seconds(words[1]);
  } else if (words[0] == "place") {  // place Camden 999 QUEUE LABEL [SKILL]
    TriageRule of_place = rule(words[2] + " " + words[1], words[2], words[3]);
    of_place.places = {words[1]};
    of_place.labels = {words[4]};
    if (words.size() > 5) of_place.skills = {{{words[5]}, 1}};
    options_.triage.insert(options_.triage.begin(), of_place);
  } else if (words[0] == "wording") {
    wording(words);
  } else if (!queue_setting(words)) {
    throw std::runtime_error("unknown setting " + words[0]);
  }
}

// wording SOUND in major incident, wording SOUND from 10 to 20: of both queues, instead of the waiting sound
void Player::wording(const Words& words) {
  QueueWording wording;
  wording.waiting_sound = words.at(1);
  wording.timed = words.at(2) == "from";
  if (wording.timed) {
    wording.windows = {{start + seconds(words.at(3)), start + seconds(words.at(5))}};
  } else {
    wording.service_states = {rest(words, 3)};
    options_.service_states = {"normal", rest(words, 3)};
  }
  for (auto& queue : options_.queues) queue.wordings.push_back(wording);
}

// Of both queues: bound 2, full general, nobody NUMBER, redial 60, record, ring-back, queue-answers.
bool Player::queue_setting(const Words& words) {
  for (auto& queue : options_.queues) {
    if (words[0] == "bound") queue.bound = static_cast<std::uint32_t>(std::stoul(words[1]));
    else if (words[0] == "nobody") queue.nobody = {OverflowKind::number, words[1], 0};
    else if (words[0] == "redial") queue.redial_keeps_place = seconds(words[1]);
    else if (words[0] == "record") queue.record = true;
    else if (words[0] == "queue-answers") queue.waiting = Waiting::answer;
    else if (words[0] == "ring-back") queue.ring_back = true;
    else if (words[0] == "silent-waiting") queue.waiting_sound.clear();
    else if (words[0] == "call-back-sound") queue.call_back_sound = words[1];
    else if (words[0] == "key") queue.choices.push_back(waiting_choice(words));
    else if (words[0] != "full") return false;
    else if (queue.id.value != words[1]) queue.full = {OverflowKind::queue, words[1], 0};
  }
  return true;
}

LegId Player::leg_of(const std::string& who) const {
  if (const auto caller = callers_.find(who); caller != callers_.end()) return caller->second;
  if (const auto phone = phones_.find(who); phone != phones_.end()) return phone->second;
  if (const auto called = called_.find(who); called != called_.end()) return called->second;
  throw std::runtime_error("nobody called " + who);
}

void Player::happen(const Words& w) {
  Room& room = *room_;
  const std::string& verb = w[0];
  const auto is = [&](const char* name, std::size_t words) { return verb == name && w.size() >= words; };
  if (is("call", 4)) call(w);
  else if (is("answers", 2)) room.event(LegAnswered{leg_of(w[1])});                     // answers h1
  else if (is("busy", 2)) room.event(LegFailed{leg_of(w[1]), LegFailure::busy, 486});
  else if (is("unreachable", 2)) room.event(LegFailed{leg_of(w[1]), LegFailure::unreachable, 0});
  else if (is("hangs-up", 2)) room.event(LegEnded{leg_of(w[1]), LegEnd::hung_up});      // hangs-up NUMBER|h1
  else if (is("gives-up", 2)) room.event(LegEnded{leg_of(w[1]), LegEnd::cancelled});
  else if (is("signs-on", 2)) room.event(SignOn{by(w[1]), {w[1]}, {}, "console-" + w[1], false});
  else if (is("signs-on-as", 3)) room.event(SignOn{by(w[1]), {w[1]}, {w[2]}, "console-" + w[1], false});
  else if (is("declines-phone", 2)) room.event(LegFailed{leg_of(w[1]), LegFailure::declined, 603});
  else if (is("signs-off-by", 3)) room.event(SignOff{by(w[1]), {w[2]}, rest(w, 3)});  // signs-off-by MANAGER h2
  else if (is("by", 2)) supervisor_ = w[1];  // who supervises from now on
  else if (is("signs-off", 2)) room.event(SignOff{by(w[1]), {w[1]}, rest(w, 2)});
  else if (is("ready", 2)) room.event(GoReady{by(w[1]), {w[1]}});
  else if (is("not-ready", 3)) room.event(GoNotReady{by(w[1]), {w[1]}, rest(w, 2)});
  else if (is("accepts", 2)) room.event(AcceptOffer{by(w[1]), {w[1]}, offer_of(w[1])});
  else if (is("declines", 2)) room.event(DeclineOffer{by(w[1]), {w[1]}, offer_of(w[1])});
  else if (is("finishes-wrap-up", 2)) room.event(FinishWrapUp{by(w[1]), {w[1]}});
  else if (is("console-lost", 2)) room.event(ConsoleLost{{w[1]}, "console-" + w[1]});
  else if (is("console-back", 2)) room.event(ConsoleAttached{{w[1]}, "console-" + w[1]});
  else if (is("line-up", 2)) room.event(LegAnswered{leg_of(w[1])});                     // the held line is answered
  else if (is("slow-disk", 1)) room.answers_leave = false;
  else if (is("disk-done", 2)) room.event(AnswerSent{leg_of(w[1])});                    // the 200 to NUMBER leaves
  else if (is("drain", 1)) room.event(Drain{by("operator"), true});
  else if (is("serves", 3)) room.event(AssignHandler{by(supervisor_), {w[1]}, {{w[2]}}, rest(w, 3)});
  else if (is("reload-without", 2)) reload_without(w[1]);
  else if (is("grade", 4)) room.event(Reprioritise{by(supervisor_), {std::stoull(w[1])}, Grade::immediate, rest(w, 3)});
  else if (is("move", 4)) room.event(MoveContact{by(supervisor_), {std::stoull(w[1])}, {w[2]}, rest(w, 3)});
  else if (is("withdraw", 3)) room.event(WithdrawContact{by(supervisor_), {std::stoull(w[1])}, rest(w, 2)});
  else if (verb == "nothing") room.pass({});
  else if (!recording(w) && !happen_in_menu(w) && !emergency(w) && !call_control(w)) throw std::runtime_error("unknown happening: " + rest(w, 0));
}

// call 999 from NUMBER [by TRUNK [operator]]; later the leg is found by NUMBER, or NUMBER@TRUNK where the number has two.
void Player::call(const Words& w) {
  CallFacts facts;
  facts.trunk = {w.size() > 5 ? w[5] : "network"};
  facts.trusted = true;
  facts.dialled = w[1];
  facts.caller = w[3];
  facts.provenance = Provenance::from;
  facts.mobile = w[3].starts_with("+447");
  facts.operator_present = w.size() > 6 && w[6] == "operator";
  called_.erase(w[3]);
  callers_[w[3]] = callers_[w[3] + "@" + facts.trunk.value] = room_->call(facts);
}

// operator-left NUMBER, handed-over h1 CONTACT, locates NUMBER PLACE, locates-call CONTACT PLACE; PLACE - tells none
bool Player::emergency(const Words& w) {
  Location found;
  found.circle = true;
  found.latitude = 51.5391;
  found.longitude = -0.1426;
  found.radius = 30;
  const auto place = [&] { return w.at(2) == "-" ? std::string{} : w[2]; };
  if (w[0] == "operator-left") room_->event(OperatorLeft{leg_of(w.at(1))});
  else if (w[0] == "handed-over") room_->event(HandedOver{by(w.at(1)), {w[1]}, {std::stoull(w.at(2))}});
  else if (w[0] == "locates") room_->event(LocationArrived{by("platform"), {}, w.at(1), {found}, place()});
  else if (w[0] == "locates-call") room_->event(LocationArrived{by("platform"), {std::stoull(w.at(1))}, {}, {found}, place()});
  else return false;
  return true;
}

// presses NUMBER KEY, hears NUMBER (what is played, to its end), state NAME, reload-without-menus.
bool Player::happen_in_menu(const Words& w) {
  Room& room = *room_;
  if (w[0] == "presses") room.event(KeyPressed{leg_of(w.at(1)), key_named(w.at(2))});
  else if (w[0] == "hears") room.event(SoundFinished{leg_of(w.at(1)), turns_.at(leg_of(w.at(1)))});
  else if (w[0] == "state") room.event(SetServiceState{by("operator"), rest(w, 1), "drill"});
  else if (w[0] == "reload-monitor-tone") monitor_tone(w), room.configure(options_);
  else if (w[0] == "reload-without-menus") reload_without_menus();
  else if (w[0] == "reload-without-queue") reload_without_queue(w.at(1));
  else return false;
  return true;
}

void Player::monitor_tone(const Words& w) {  // [reload-]monitor-tone none|handler|all EVERY
  options_.call_control.monitor_tone = w.at(1) == "all" ? MonitorTone::all : w[1] == "none" ? MonitorTone::none : MonitorTone::handler;
  options_.call_control.monitor_tone_every = seconds(w.at(2));
}

void Player::reload_without_menus() {
  options_.menus.clear();
  std::erase_if(options_.triage, [](const TriageRule& rule) { return !rule.menu.empty(); });
  room_->configure(options_);
}

void Player::reload_without_queue(const std::string& queue) {
  std::erase_if(options_.queues, [&](const QueueOptions& q) { return q.id.value == queue; });
  room_->configure(options_);
}

// pauses h1 CONTACT REASON, resumes h1 CONTACT, hears h1 RECORDING REASON, written CONTACT RECORDING [FAILURE]
bool Player::recording(const Words& w) {
  if (w.size() < 3) return false;
  if (w[0] == "pauses") room_->event(PauseRecording{by(w[1]), {std::stoull(w[2])}, rest(w, 3)});
  else if (w[0] == "resumes") room_->event(ResumeRecording{by(w[1]), {std::stoull(w[2])}});
  else if (w[0] == "hears") room_->event(HearRecording{by(w[1]), {w[2]}, rest(w, 3)});
  else if (w[0] == "written") room_->event(RecordingFinished{{w[2]}, {std::stoull(w[1])}, {}, {}, 1s, 0, rest(w, 3)});
  else return false;
  return true;
}

// handler h2, queue general, number 02079460001; nothing: who is consulted.
CallTarget Player::target(const Words& w, std::size_t from) const {
  if (w.size() <= from) return {};
  CallTarget to;
  if (w[from] == "handler") to.handler = {w.at(from + 1)};
  else if (w[from] == "queue") to.queue = {w.at(from + 1)};
  else to.number = w.at(from + 1);
  return to;
}

// holds h1 CONTACT, retrieves h1 CONTACT, mutes h1 CONTACT, consults h1 CONTACT TARGET, transfers h1 CONTACT [TARGET],
// joins h1 CONTACT, drops h1 CONTACT [WHO], listens|whispers|barges|leaves-off h1 CONTACT REASON, calls h1 NUMBER,
// releases h1 CONTACT, closes h1 CONTACT REASON, not-reached h1 CONTACT, wrong-use h1 CONTACT, asks-for-keys h1 CONTACT, vanishes WHO, speaks NUMBER
bool Player::call_control(const Words& w) {
  Room& room = *room_;
  const std::string& verb = w[0];
  if (verb == "vanishes") return room.event(MediaTimeout{leg_of(w.at(1))}), true;
  if (verb == "speaks") return room.event(SpeechHeard{leg_of(w.at(1))}), true;
  if (verb == "calls") return room.event(CallOut{by(w.at(1)), {w[1]}, w.at(2)}), true;
  if (w.size() < 3) return false;
  const HandlerId handler{w[1]};
  const ContactId contact{std::stoull(w[2])};
  const std::map<std::string, MonitorMode> modes{{"listens", MonitorMode::listen}, {"whispers", MonitorMode::whisper},
                                                 {"barges", MonitorMode::barge}, {"leaves-off", MonitorMode::off}};
  if (const auto mode = modes.find(verb); mode != modes.end())
    room.event(MonitorCall{by(w[1]), handler, contact, mode->second, rest(w, 3)});
  else if (verb == "holds" || verb == "retrieves") room.event(HoldCall{by(w[1]), handler, contact, verb == "holds"});
  else if (verb == "mutes" || verb == "unmutes") room.event(MuteCall{by(w[1]), handler, contact, verb == "mutes"});
  else if (verb == "consults") room.event(ConsultCall{by(w[1]), handler, contact, target(w, 3)});
  else if (verb == "transfers") room.event(TransferCall{by(w[1]), handler, contact, target(w, 3)});
  else if (verb == "joins") room.event(JoinCall{by(w[1]), handler, contact});
  else if (verb == "drops") room.event(DropParty{by(w[1]), handler, contact, w.size() > 3 ? leg_of(w[3]) : LegId{}});
  else if (verb == "releases") room.event(ReleaseCall{by(w[1]), handler, contact});
  else if (verb == "closes") room.event(CloseTask{by(w[1]), contact, rest(w, 3)});
  else if (verb == "not-reached") room.event(NotReached{by(w[1]), handler, contact});
  else if (verb == "wrong-use") room.event(MarkWrongUse{by(w[1]), handler, contact});
  else if (verb == "asks-for-keys") room.event(AskForKeys{by(w[1]), handler, contact});
  else return false;
  return true;
}

void Player::reload_without(const std::string& handler) {
  std::erase_if(options_.handlers, [&](const HandlerOptions& h) { return h.id.value == handler; });
  room_->configure(options_);
}

void Player::note() {
  for (const Action& action : room_->actions()) {
    if (const auto* play = std::get_if<PlayToLeg>(&action)) turns_[play->leg] = play->turn;
    if (const auto* ring = std::get_if<RingPhone>(&action)) phones_[ring->handler.value] = ring->leg;
    if (const auto* dial = std::get_if<DialOut>(&action)) called_[dial->number] = dial->leg, callers_.erase(dial->number);
    if (!std::holds_alternative<WakeAt>(action)) out_ += "    " + to_text(action, TextStyle{start}) + "\n";
  }
}

// What falls due on the way is noted at its own moment.
void Player::advance(Time to) {
  room_->pass(to - room_->now);
  note();
}

void Player::happening(const Words& words) {
  if (!room_) room_.emplace(options_);
  advance(start + seconds(words[0]));
  out_ += rest(words, 0) + "\n";
  happen(Words(words.begin() + 1, words.end()));
  note();
}

std::string Player::play(const std::string& transcript) {
  std::istringstream in(transcript);
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("    ")) continue;  // what was answered last time
    const Words words = split(line);
    if (words.empty() || words[0] == "#") {
      out_ += line + "\n";
    } else if (std::isdigit(static_cast<unsigned char>(words[0][0]))) {
      happening(words);
    } else {
      out_ += line + "\n";
      setting(words);
    }
  }
  return out_;
}

}  // namespace

std::string play(const std::string& transcript) { return Player{}.play(transcript); }

}  // namespace pledge::core::test

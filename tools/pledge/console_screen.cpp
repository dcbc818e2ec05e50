// `pledge console` at a terminal: a screen, one key for each thing a handler does.
#include <fmt/format.h>
#include <unistd.h>

#include "tools/pledge/command.hpp"
#include "tools/pledge/desk_session.hpp"
#include "tools/pledge/terminal.hpp"

namespace pledge {
namespace {

constexpr std::chrono::milliseconds redraw_every{200};
constexpr std::chrono::seconds wrap_up_extension{30};
constexpr std::chrono::seconds notice_shown_for{15};
constexpr std::chrono::seconds calls_asked_every{2};

class DeskScreen {
 public:
  DeskScreen(DeskSession& session, const ConsoleOptions& options, const Client& client)
      : session_(session), options_(options), client_(client) {}

  int run() {
    const bool colours = colours_wanted(options_.plain);
    Signals signals;
    Screen screen;
    while (!leaving_ && !signals.stop_wanted()) {
      wait_readable({session_.fd(), signals.fd(), STDIN_FILENO}, redraw_every);
      while (const auto key = screen.key()) press(*key);
      take();
      if (session_.hopeless()) break;
      if (!session_.live()) calls_.reset();
      if (calls_ && wall_now() >= next_look_) look();
      screen.show(view::draw(session_.desk(), {wall_now(), terminal_size(), {colours}, notice(), question_, calls_ ? &*calls_ : nullptr}));
    }
    return exit_done;
  }

 private:
  enum class Asking { nothing, role, takeover, reason, pause, consult, transfer, call_out, monitor, wrong_use, remove };

  void take() {
    const bool was_live = session_.live(), was_on = !signed_off();
    for (const auto& words : session_.take().words)
      if (words.starts_with("offered")) ::write(STDOUT_FILENO, "\a", 1), calls_.reset();
    if (was_live && !session_.live()) lost_at_ = wall_now(), on_when_lost_ = was_on;
    if (!was_live && session_.live()) signed_on_once_ ? come_back() : begin();
  }

  std::string notice() const {
    if (session_.live()) return wall_now() < notice_until_ ? notice_ : std::string{};
    if (lost_at_ == core::Time{}) return fmt::format("connecting to {} …", client_.server);
    return fmt::format("NO ENGINE at {} since {}: shown as it was then; retrying", client_.server,
                       view::clock_text(lost_at_));
  }

  void say(std::string text) {
    notice_ = std::move(text);
    notice_until_ = wall_now() + notice_shown_for;
  }

  // An engine that was restarted knows of nobody: whoever sits here is signed on again, but takes no call unasked.
  void come_back() {
    if (!signed_off() || !on_when_lost_) return say("the engine is back");
    const auto status = session_.sign_on(role_, false);
    say(status.ok() ? "the engine was restarted: you are signed on again, and not ready"
                    : "the engine was restarted: " + text_of(status, client_.server));
  }

  // The first snapshot is here: sign on, or go on with what an earlier console left.
  void begin() {
    signed_on_once_ = true;
    if (options_.role.empty() && session_.desk().roles.size() > 1 && signed_off()) return ask_role();
    sign_on(options_.role, options_.takeover);
  }

  bool signed_off() const {
    const auto state = session_.desk().handler.state();
    return state == v1::HANDLER_STATE_SIGNED_OFF || state == v1::HANDLER_STATE_UNSPECIFIED;
  }

  void ask_role() {
    asking_ = Asking::role;
    question_ = view::Question{"Sign on with which role?", session_.desk().roles, ""};
  }

  void sign_on(const std::string& role, bool takeover) {
    role_ = role;
    const auto status = session_.sign_on(role, takeover);
    if (status.error_code() == grpc::ALREADY_EXISTS) {
      asking_ = Asking::takeover;
      question_ = view::Question{
          "You are signed on at another console. End that session and continue here?", {"yes", "no"}, ""};
      return;
    }
    tell(status);
    if (status.ok() && options_.ready) tell(session_.ready());
  }

  void press(char key) {
    if (key == key_interrupt) leaving_ = true;
    else if (question_) answer(key);
    else if (calls_) choose(key);
    else act(key);
  }

  void act(char key) {
    const auto keys = view::keys_of(session_.desk());
    const bool known = std::any_of(keys.begin(), keys.end(), [&](const auto& k) { return k.first == key; });
    if (!known || !session_.live()) return;
    notice_.clear();
    switch (key) {
      case 's':
        return session_.desk().roles.size() > 1 ? ask_role() : sign_on(options_.role, false);
      case 'a':
        return tell(session_.accept());
      case 'd':
        return tell(session_.decline());
      case 'r':
        return tell(session_.ready());
      case 'x':
        return tell(session_.release());
      case 'p':
        return pause_or_resume();
      case 'w':
        if (session_.desk().handler.monitors() != 0) return control(key);
        return tell(session_.finish_wrap_up());
      case 'e':
        return tell(session_.extend_wrap_up(wrap_up_extension));
      case 'n':
        asking_ = Asking::reason;
        question_ = view::Question{"Not ready: why? (Esc goes back)", session_.desk().reasons, ""};
        return;
      case 'q':
        return sign_off();
      default:
        return control(key);
    }
  }

  // Of the call in progress, or of the one listened to.
  void control(char key) {
    const auto& desk = session_.desk();
    if (desk.handler.monitors() != 0) return change_monitoring(key);
    switch (key) {
      case 'l':
        calls_.emplace();
        next_look_ = {};
        return;
      case 'h':
        return tell(session_.hold(!(desk.parties && desk.parties->held())));
      case 'm':
        return tell(session_.mute(!(desk.parties && desk.parties->muted())));
      case 'j':
        return tell(session_.join());
      case 'k':
        return remove();
      case 'u':
        return tell(session_.ask_for_keys());
      case 'g':
        return tell(session_.handed_over());
      case 'v':
        return tell(session_.not_reached());
      case 'z':
        return ask(Asking::wrong_use, "Wrong use of the emergency number: write \"yes\" to confirm (Esc goes back)");
      case 'c':
        return ask(Asking::consult, "Consult whom? A handler, \"queue NAME\", or a number (Esc goes back)");
      case 't':
        if (view::consulted(desk)) return tell(session_.transfer(""));
        return ask(Asking::transfer, "Transfer to? A handler, \"queue NAME\", or a number (Esc goes back)");
      case 'o':
        return ask(Asking::call_out, "Call which number? (Esc goes back)");
      default:
        return;
    }
  }

  // Who is consulted, or one of those who have joined.
  void remove() {
    const auto others = view::joined_parties(session_.desk());
    if (view::consulted(session_.desk()) || others.empty()) return tell(session_.drop(0));
    if (others.size() == 1) return tell(session_.drop(others.front()->leg()));
    std::vector<std::string> names;
    for (const auto* party : others) names.push_back(view::named(*party));
    asking_ = Asking::remove;
    question_ = view::Question{"Remove whom? (Esc goes back)", names, ""};
  }

  void remove(const std::string& name) {
    for (const auto* party : view::joined_parties(session_.desk()))
      if (view::named(*party) == name) return tell(session_.drop(party->leg()));
  }

  void confirm_wrong_use(const std::string& answer) {
    if (answer == "yes") tell(session_.mark_wrong_use());
  }

  void ask(Asking what, std::string text) {
    asking_ = what;
    question_ = view::Question{std::move(text), {}, ""};
  }

  // ---- a supervisor's

  void look() {
    std::vector<v1::Contact> calls;
    bool more = false;
    const auto status = session_.calls_in_progress(calls, more);
    next_look_ = wall_now() + calls_asked_every;
    if (status.ok()) calls_->take(std::move(calls), more);
    else tell(status);
  }

  void choose(char key) {
    if (key == key_escape) calls_.reset();
    else if (key == key_up || key == key_down || key == '\t') calls_->move(key == key_up ? -1 : 1);
    else if (key == key_backspace) calls_->erase();
    else if (key == key_enter) choose_marked();
    else if (static_cast<unsigned char>(key) >= ' ') calls_->type(key);
  }

  void choose_marked() {
    const auto call = calls_->chosen();
    if (!call) return say("mark a call: with the arrow keys, or by typing what is in it, or its number");
    if (session_.desk().handler.state() == v1::HANDLER_STATE_READY)
      return say("you are ready for calls of your own: go back (Esc), go not ready (n), then listen");
    const auto* known = calls_->find(*call);
    const auto of = known ? fmt::format(" of {} with {}", known->handler(), known->facts().caller().empty() ? "a caller without a number" : known->facts().caller())
                          : std::string{};
    ask_why(*call, v1::MONITOR_MODE_LISTEN, fmt::format("Listen to call {}{}: why? It is kept with the call.", *call, of));
  }

  void ask_why(std::uint64_t call, v1::MonitorMode mode, std::string text) {
    wanted_ = {call, mode, {}};
    ask(Asking::monitor, std::move(text));
  }

  // The reason that was given at first holds for the whole time; a console that was begun anew does not know it.
  void change_monitoring(char key) {
    const auto call = session_.desk().handler.monitors();
    if (key == 'k') return tell(session_.monitor(call, v1::MONITOR_MODE_UNSPECIFIED, ""));
    const auto mode = key == 'l' ? v1::MONITOR_MODE_LISTEN : key == 'w' ? v1::MONITOR_MODE_WHISPER : v1::MONITOR_MODE_BARGE;
    if (wanted_.call == call && !wanted_.reason.empty()) return tell(session_.monitor(call, mode, wanted_.reason));
    ask_why(call, mode, fmt::format("Call {}: why? It is kept with the call.", call));
  }

  void monitor(const std::string& reason) {
    wanted_.reason = reason;
    const auto status = session_.monitor(wanted_.call, wanted_.mode, reason);
    if (status.ok()) calls_.reset();
    tell(status);
  }

  // ---- questions

  void pause_or_resume() {
    const auto& desk = session_.desk();
    if (desk.contact->recording() == v1::RECORDING_STATE_PAUSED) return tell(session_.resume_recording());
    asking_ = Asking::pause;
    question_ = view::Question{"Pause the recording: why? (Esc goes back)", desk.pause_reasons, ""};
  }

  void sign_off() {
    const auto status = session_.sign_off("");
    tell(status);
    // During a call it takes effect afterwards: stay until then.
    if (status.ok() && session_.desk().handler.state() != v1::HANDLER_STATE_TALKING) leaving_ = true;
  }

  void answer(char key) {
    if (key == key_escape) return dismiss();
    if (!question_->choices.empty()) {
      const auto chosen = static_cast<std::size_t>(key - '1');
      if (key >= '1' && chosen < question_->choices.size()) take_answer(question_->choices[chosen]);
      else if (key == key_enter) take_answer(question_->choices.front());
    } else if (key == key_enter && !question_->typed.empty()) take_answer(question_->typed);
    else if (key == key_backspace && !question_->typed.empty()) question_->typed.pop_back();
    else if (static_cast<unsigned char>(key) >= ' ') question_->typed += key;
  }

  void take_answer(std::string text) {
    const auto asked = asking_;
    dismiss();
    if (asked == Asking::role) sign_on(text, false);
    else if (asked == Asking::reason) tell(session_.not_ready(text));
    else if (asked == Asking::pause) tell(session_.pause_recording(text));
    else if (asked == Asking::consult) tell(session_.consult(text));
    else if (asked == Asking::transfer) tell(session_.transfer(text));
    else if (asked == Asking::call_out) tell(session_.call_out(text));
    else if (asked == Asking::monitor) monitor(text);
    else if (asked == Asking::wrong_use) confirm_wrong_use(text);
    else if (asked == Asking::remove) remove(text);
    else if (text == "yes") sign_on(role_, true);
    else leaving_ = true;
  }

  void dismiss() {
    asking_ = Asking::nothing;
    question_.reset();
  }

  void tell(const grpc::Status& status) { say(status.ok() ? "" : text_of(status, client_.server)); }

  DeskSession& session_;
  const ConsoleOptions& options_;
  const Client& client_;
  std::string notice_, role_;
  core::Time notice_until_{}, lost_at_{};
  bool on_when_lost_ = false;
  std::optional<view::Question> question_;
  Asking asking_ = Asking::nothing;
  bool leaving_ = false, signed_on_once_ = false;
  std::optional<view::CallChoice> calls_;  // while a supervisor chooses one
  core::Time next_look_{};
  struct {
    std::uint64_t call = 0;
    v1::MonitorMode mode = v1::MONITOR_MODE_LISTEN;
    std::string reason;
  } wanted_;  // of the call listened to, or to be
};

}  // namespace

int run_desk_screen(DeskSession& session, const ConsoleOptions& options, const Client& client) {
  const int left = DeskScreen(session, options, client).run();
  // The screen is gone: what made it go must be said on the ordinary one.
  return session.hopeless() ? report(session.problem(), client.server, false) : left;
}

}  // namespace pledge

// Calls in progress, calls from here, and callers who do not speak.
#include <fmt/format.h>

#include <algorithm>

#include "settings/checks.hpp"
#include "settings/prompts.hpp"

namespace pledge::settings {

namespace {

bool dials(const Source& source) {
  return std::any_of(source.trunks.begin(), source.trunks.end(), [](const auto& t) { return !t.target.empty(); });
}

// What is not rung back, not transferred outside and not called out for want of a trunk must not look as if it were.
void check_trunk(Reader& reader, const Source& source) {
  if (dials(source)) return;
  for (std::size_t i = 0; i < source.queues.size(); ++i)
    if (source.queues[i].ring_back)
      reader.error(reader.place(fmt::format("queue.{}.ring_back", i)),
                   fmt::format("nobody who abandons in queue \"{}\" can be rung back", source.queues[i].id.value),
                   "no [[trunk]] has a target", "give a trunk a target");
  if (!source.call_control.numbers.empty())
    reader.error(reader.place("call_control.numbers"), "no number can be called", "no [[trunk]] has a target", "give a trunk a target");
}

// An announcement after whose end something else is heard: no tone, nothing without an end.
struct Ending {
  std::string key, announcement;
  std::string fault, then;  // of a tone; why an end is needed
};
void check_end(Reader& reader, const Source& source, const Ending& wanted) {
  if (wanted.announcement.empty()) return;
  const auto at = reader.place(wanted.key);
  if (is_own_sound(wanted.announcement))
    return reader.error(at, wanted.fault, fmt::format("\"{}\" is a tone", wanted.announcement),
                        "name an [[announcement]] with the prompt");
  const auto& all = source.announcements;
  const auto found = std::find_if(all.begin(), all.end(), [&](const auto& a) { return a.id == wanted.announcement; });
  if (found != all.end() && std::any_of(found->prompts.begin(), found->prompts.end(), runtime::Announcement::is_composed))
    reader.error(at, fmt::format("announcement \"{}\" cannot be told there", wanted.announcement),
                 "only a waiting_sound tells position and wait", "leave them out");
  if (found == all.end() || (found->then.empty() && found->repeat_after <= core::Duration{})) return;
  reader.error(at, fmt::format("announcement \"{}\" has no end", wanted.announcement),
               found->then.empty() ? "it repeats" : fmt::format("after it comes \"{}\"", found->then),
               "write then = \"\" and no repeat_after: " + wanted.then);
}

// A key that may come to nothing: the other queue may be full, and not everybody can be called back.
void check_refusals(Reader& reader, const Source& source, std::size_t row) {
  const auto& queue = source.queues[row];
  const auto& choices = queue.choices;
  const auto found = std::find_if(choices.begin(), choices.end(), [](const auto& c) { return c.call_back || !c.queue.empty(); });
  const auto option = fmt::format("queue.{}.key_refused_sound", row);
  if (found == choices.end() && !queue.key_refused_sound.empty())
    reader.warning(reader.place(option), "key_refused_sound has no effect",
                   fmt::format("no key of queue \"{}\" leads to a queue or a call back", queue.id.value), "remove it, or add such a [[queue.key]]");
  if (found != choices.end() && queue.key_refused_sound.empty())
    reader.warning(reader.place(fmt::format("queue.{}.key.{}.key", row, found - choices.begin())),
                   fmt::format("key {} of queue \"{}\" may come to nothing, and the caller hears nothing of it", core::name(found->key), queue.id.value),
                   "key_refused_sound is not set", "name an [[announcement]], such as one of the prompt \"key-refused\"");
  check_end(reader, source, {option, queue.key_refused_sound, fmt::format("callers of queue \"{}\" are not told of a refused key", queue.id.value),
                             "waiting_sound follows it"});
}

void check_choices(Reader& reader, const Source& source, std::size_t row) {
  const auto& queue = source.queues[row];
  const auto at = [&](std::size_t i, const char* key) { return reader.place(fmt::format("queue.{}.key.{}.{}", row, i, key)); };
  std::string keys;
  for (std::size_t i = 0; i < queue.choices.size(); ++i) {
    const auto& choice = queue.choices[i];
    if (!choice.queue.empty() + choice.call_back + choice.repeat != 1)
      reader.error(at(i, "key"), fmt::format("key {} of queue \"{}\" does not say what it does", core::name(choice.key), queue.id.value),
                   "exactly one of queue, call_back and repeat is expected", "write one of them");
    if (keys.find(core::name(choice.key)) != std::string::npos)
      reader.error(at(i, "key"), fmt::format("key {} of queue \"{}\" has two meanings", core::name(choice.key), queue.id.value),
                   "the first choice with a key takes it", "give each choice a key of its own");
    keys += core::name(choice.key);
    if (choice.call_back && !dials(source))
      reader.error(at(i, "call_back"), fmt::format("nobody of queue \"{}\" can be called back", queue.id.value),
                   "no [[trunk]] has a target", "give a trunk a target");
  }
  if (!queue.choices.empty() && queue.waiting == core::Waiting::alert)
    reader.error(at(0, "key"), fmt::format("callers of queue \"{}\" cannot press a key", queue.id.value),
                 "with waiting = \"alert\" they are not answered yet", "use waiting = \"answer\", or remove the choices");
}

// A wording of a sound that nobody of its queue hears.
void check_sounds(Reader& reader, const Source& source, std::size_t row, std::size_t i) {
  const auto& queue = source.queues[row];
  const auto& wording = queue.written_wordings[i];
  const auto path = fmt::format("queue.{}.wording.{}", row, i);
  const auto any = [&](auto&& leads) { return std::any_of(queue.choices.begin(), queue.choices.end(), leads); };
  const auto unheard = [&](const char* key, std::string why, const char* todo) {
    reader.warning(reader.place(path + "." + key), fmt::format("{} has no effect", key), std::move(why), todo);
  };
  if (wording.waiting_sound.empty() && wording.call_back_sound.empty() && wording.key_refused_sound.empty())
    reader.error(reader.place(path), fmt::format("wording {} of queue \"{}\" says nothing", i + 1, queue.id.value), "it names no sound",
                 "add waiting_sound = \"...\", or remove it");
  if (!wording.waiting_sound.empty() && queue.waiting == core::Waiting::alert)
    unheard("waiting_sound", "with waiting = \"alert\" callers hear the network", "remove it, or use waiting = \"answer\"");
  if (!wording.call_back_sound.empty() && !any([](const auto& c) { return c.call_back; }))
    unheard("call_back_sound", fmt::format("no key of queue \"{}\" asks for a call back", queue.id.value), "remove it, or add such a [[queue.key]]");
  if (!wording.key_refused_sound.empty() && !any([](const auto& c) { return c.call_back || !c.queue.empty(); }))
    unheard("key_refused_sound", fmt::format("no key of queue \"{}\" leads to a queue or a call back", queue.id.value),
            "remove it, or add such a [[queue.key]]");
  check_end(reader, source, {path + ".key_refused_sound", wording.key_refused_sound,
                             fmt::format("callers of queue \"{}\" are not told of a refused key", queue.id.value), "waiting_sound follows it"});
}

void check_silent(Reader& reader, const Source& source) {
  const auto& silent = source.silent;
  const bool keys = !silent.keys.empty() && silent.keys.size() <= 4 &&
                    silent.keys.find_first_not_of("0123456789*#") == std::string::npos;
  if (!keys)
    reader.error(reader.place("silent.keys"), fmt::format("\"{}\" cannot be pressed on a telephone", silent.keys),
                 "one to four of 0 to 9, * and # are expected", "write keys = \"55\"");
  if (silent.ask != core::AskSilent::by_hand && (silent.after <= core::Duration{} || silent.announcement.empty()))
    reader.error(reader.place("silent.ask"), "no caller is ever asked for the keys",
                 silent.announcement.empty() ? "there is no announcement that asks" : "no caller is known to be silent: after is 0 s",
                 silent.announcement.empty() ? "name one: announcement = \"…\"" : "write after = \"10 s\"");
  check_end(reader, source, {"silent.announcement", silent.announcement, "a silent caller is not asked for anything",
                             "the keys are waited for in silence"});
}

// What only trusted trunks are believed.
void check_emergency(Reader& reader, const Source& source) {
  const auto& trunks = source.trunks;
  for (std::size_t i = 0; i < trunks.size(); ++i)
    if (trunks[i].hand_over && !trunks[i].trusted)
      reader.error(reader.place(fmt::format("trunk.{}.hand_over", i)),
                   fmt::format("no operator is expected on the calls of trunk \"{}\"", trunks[i].id.value), "it is not trusted",
                   "write trusted = true, or remove hand_over");
  const auto trusted = std::count_if(trunks.begin(), trunks.end(), [](const auto& t) { return t.trusted; });
  if (source.emergency.re_presented_within > core::Duration{} && trusted == 0)
    reader.error(reader.place("emergency.re_presented_within"), "no call is recognised as presented again",
                 "no [[trunk]] is trusted, and only the numbers of those are believed", "write trusted = true for the networks' trunks");
}

}  // namespace

void check_calls(Reader& reader, const Source& source) {
  check_trunk(reader, source);
  if (!reader.any_broken("queue"))
    for (std::size_t row = 0; row < source.queues.size(); ++row) {
      check_choices(reader, source, row);
      check_refusals(reader, source, row);
      const auto& wordings = source.queues[row].written_wordings;
      for (std::size_t i = 0; i < wordings.size(); ++i) check_sounds(reader, source, row, i);
      check_wordings(reader, fmt::format("queue.{}.wording", row), fmt::format("queue \"{}\"", source.queues[row].id.value), conditions_of(wordings));
    }
  if (!reader.any_broken("silent")) check_silent(reader, source);
  if (!reader.any_broken("call_control"))
    check_end(reader, source, {"call_control.returned_sound", source.call_control.returned_sound, "a returned caller is not told so",
                               "the queue's own sound follows it"});
  check_emergency(reader, source);
}

}  // namespace pledge::settings

#include "sip/signalling/leg_states.hpp"

#include <catch2/catch.hpp>
#include <string>

using namespace pledge::signalling;

namespace {

std::string text(const Steps& steps) {
  std::string out;
  for (const Step step : steps) (out += out.empty() ? "" : " ") += name(step);
  return out;
}

template <class States, class Input>
std::string last(std::initializer_list<Input> inputs) {
  States states;
  std::string out;
  for (const Input input : inputs) out = text(states.on(input));
  return out;
}
const auto caller = [](std::initializer_list<CallerInput> inputs) { return last<CallerStates>(inputs); };
const auto phone = [](std::initializer_list<PhoneInput> inputs) { return last<PhoneStates>(inputs); };

}  // namespace

TEST_CASE("the states of a caller who is alerted, answered, acknowledged and hangs up") {
  using I = CallerInput;
  CHECK(caller({I::alert}) == "send_alert");
  CHECK(caller({I::alert, I::answer}) == "send_answer");
  CHECK(caller({I::alert, I::answer, I::acknowledged}).empty());
  CHECK(caller({I::answer, I::acknowledged, I::peer_bye}) == "report_hung_up finish");
  CHECK(caller({I::answer, I::acknowledged, I::release}) == "send_bye finish");
}

TEST_CASE("a caller who is refused, or gives up before the answer, leaves nothing behind") {
  using I = CallerInput;
  CHECK(caller({I::refuse}) == "send_refusal finish");
  CHECK(caller({I::alert, I::release}) == "send_refusal finish");
  CHECK(caller({I::alert, I::cancelled}) == "send_terminated report_cancelled finish");
  CHECK(caller({I::alert, I::peer_bye}) == "send_terminated report_cancelled finish");
  CHECK(caller({I::alert, I::cancelled, I::answer}).empty());
}

TEST_CASE("no BYE leaves before the ACK of our 200") {
  using I = CallerInput;
  CHECK(caller({I::answer, I::release}).empty());
  CHECK(caller({I::answer, I::release, I::acknowledged}) == "send_bye finish");
  CHECK(caller({I::answer, I::release, I::unacknowledged}) == "send_bye finish");
  CHECK(caller({I::answer, I::release, I::peer_bye}) == "finish");
}

TEST_CASE("an answer that is never acknowledged ends the leg as lost") {
  using I = CallerInput;
  CHECK(caller({I::answer, I::unacknowledged}) == "send_bye report_lost finish");
}

TEST_CASE("a CANCEL that crosses the 200 changes nothing: the caller ACKs and hangs up") {
  using I = CallerInput;
  CHECK(caller({I::answer, I::cancelled}).empty());
  CHECK(caller({I::answer, I::cancelled, I::acknowledged, I::peer_bye}) == "report_hung_up finish");
}

TEST_CASE("the states of a phone that rings, answers and hangs up") {
  using I = PhoneInput;
  CHECK(phone({I::ringing}) == "report_ringing");
  CHECK(phone({I::ringing, I::ringing}).empty());
  CHECK(phone({I::ringing, I::success}) == "send_ack report_answered");
  CHECK(phone({I::success, I::peer_bye}) == "report_hung_up finish");
  CHECK(phone({I::success, I::release}) == "send_bye finish");
  CHECK(phone({I::success, I::lost}) == "send_bye report_lost finish");
}

TEST_CASE("a phone that fails is reported once") {
  using I = PhoneInput;
  CHECK(phone({I::failure}) == "report_failed finish");
  CHECK(phone({I::ringing, I::failure}) == "report_failed finish");
  CHECK(phone({I::unusable}) == "send_ack send_bye report_failed finish");
  CHECK(phone({I::failure, I::success}).empty());
}

TEST_CASE("a released phone is cancelled; a 200 that crosses the CANCEL is acknowledged and released") {
  using I = PhoneInput;
  CHECK(phone({I::ringing, I::release}) == "send_cancel");
  CHECK(phone({I::ringing, I::release, I::failure}) == "finish");
  CHECK(phone({I::ringing, I::release, I::success}) == "send_ack send_bye finish");
  CHECK(phone({I::ringing, I::release, I::unusable}) == "send_ack send_bye finish");
  CHECK(phone({I::release, I::release}).empty());
}

// The options of menus.
#include "settings/describe.hpp"
#include "settings/tables.hpp"

namespace pledge::settings {

const Table<MenuChoice>& Schema<MenuChoice>::table() {
  using T = core::MenuChoice;
  static const Table<MenuChoice> table =
      Table<MenuChoice>("choice", "What a key does: it leads to a queue, a menu, an announcement, or repeats the menu.")
          .add("key", &T::key, "Key of the telephone that makes this choice.", {.required = true})
          .add("says", &T::says, "What the announcement calls it, in a few words; appears in explanations.",
               {.required = true})
          .add("queue", &T::queue, "To the call handlers of this queue.", {.refers = Named::queue, .said_if_set = true})
          .add("menu", &T::menu, "To a further menu.", {.refers = Named::menu, .said_if_set = true})
          .add("announcement", &T::announcement,
               "An answer by the engine itself; then the menu is heard again, and who presses nothing more has been "
               "served.",
               {.refers = Named::announcement, .said_if_set = true})
          .add("repeat", &T::repeat, "The menu is heard again.", {.said_if_set = true})
          .add("grade", &T::grade, "Grade of response given to the call; none leaves that of the rule.",
               {.said_if_set = true})
          .add("skills", &T::skills, "Skills needed besides the queue's.", {.said_if_set = true})
          .add("labels", &T::labels, "Labels added to the call's.", {.said_if_set = true})
          .add("needs", &MenuChoice::needs,
               "What it takes besides: text messages, bookings, data of the front counter. This version has none of "
               "them, and `check` refuses such a choice.",
               {.said_if_set = true});
  return table;
}

const Table<MenuWording>& Schema<MenuWording>::table() {
  using T = core::MenuWording;
  static const Table<MenuWording> table = add_conditions(
      Table<MenuWording>("wording", "Another announcement of the same menu; the first whose conditions hold is heard.")
          .add("announcement", &T::announcement, "What is heard.", {.refers = Named::announcement, .required = true}));
  return table;
}

const Table<Menu>& Schema<Menu>::table() {
  using T = core::MenuOptions;
  static const Table<Menu> table =
      Table<Menu>("[[menu]]",
                  "Menus: the engine answers and asks for a key. The [[rule]] of a number leads to one; its language is that "
                  "of its announcements. Callers in a menu finish it as it was when they came.")
          .add("name", &T::id, "Name of the menu.", {.declares = Named::menu, .required = true})
          .add("announcement", &T::announcement,
               "What is heard: the choices, the way to a call handler first. It ends in silence (then = \"\").",
               {.refers = Named::announcement, .required = true})
          .add("wording", &Menu::written_wordings, "Other wordings, by time and service state.", {.most_rows = 20})
          .add("choice", &Menu::written_choices, "The choices, the way to a call handler first; 4 at most.",
               {.most_rows = 20})
          .add("escape", &T::escape, "Queue of callers who press no key, or only keys that mean nothing.",
               {.refers = Named::queue, .required = true})
          .add("wait_for_key", &T::wait_for_key, "How long a key is waited for after the end of the announcement.",
               {.least = second, .most = minute})
          .add("heard_at_most", &T::heard_at_most, "An announcement counts as ended after so long, come what may.",
               {.least = 5 * second, .most = 10 * minute})
          .add("presentations", &T::presentations,
               "How often the menu is heard without a key that means something before the call goes to `escape`.",
               {.least = 1, .most = 2, .unit = "times"})
          .elsewhere({"choices", "wordings"});
  return table;
}

}  // namespace pledge::settings

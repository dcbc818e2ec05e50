#pragma once
// Two menus for tests.
#include "core/room.hpp"

namespace pledge::core::test {

inline MenuChoice menu_choice(Key key, const std::string& says) {
  MenuChoice choice;
  choice.key = key;
  choice.says = says;
  return choice;
}

// 101: 1 emergency, 2 a further menu, 3 an answer, * again; crime: 1 now (emergency), 2 earlier (general); else general.
inline std::vector<MenuOptions> two_menus() {
  MenuOptions first, crime;
  first.id = "101";
  first.announcement = "menu 101";
  first.wordings = {{{false, {}, {"major incident"}}, "menu 101 in a major incident"}};
  first.choices = {menu_choice(Key::one, "emergency"), menu_choice(Key::two, "a crime"), menu_choice(Key::three, "opening hours"),
                   menu_choice(Key::star, "again")};
  first.choices[0].queue = {"emergency"};
  first.choices[0].grade = Grade::immediate;
  first.choices[0].labels = {"pressed for emergency"};
  first.choices[1].menu = "crime";
  first.choices[2].announcement = "opening hours";
  first.choices[3].repeat = true;
  first.escape = {"general"};
  crime.id = "crime";
  crime.announcement = "menu crime";
  crime.choices = {menu_choice(Key::one, "now"), menu_choice(Key::two, "earlier")};
  crime.choices[0].queue = {"emergency"};
  crime.choices[1].queue = {"general"};
  crime.choices[1].labels = {"crime"};
  crime.escape = {"general"};
  return {first, crime};
}

}  // namespace pledge::core::test

// Blocks of RFC 7852 by value, in documents of our own.
#include "sip/signalling/additional_data.hpp"

#include <catch2/catch.hpp>

using namespace pledge;
using namespace pledge::signalling;

namespace {

core::BodyPart block(const std::string& name, const std::string& inside, const std::string& more = {}) {
  const auto element = "EmergencyCallData." + name;
  return {"application/" + element + "+xml", "<" + name + "@example.com>",
          "<" + element + " xmlns='urn:ietf:params:xml:ns:EmergencyCallData:" + name + "' " + more + ">" + inside +
              "</" + element + ">"};
}
using Items = std::vector<core::NamedText>;

}  // namespace

TEST_CASE("provider, service, device and comment are told in the order of the body") {
  const auto items = additional_items({
      block("ProviderInfo",
            "<DataProviderString>Example\n Telecom</DataProviderString><ContactURI>tel:+442079460199</ContactURI>"),
      {"text/plain", "", "no block"},
      block("ServiceInfo", "<ServiceType>wireless</ServiceType><ServiceMobility>Mobile</ServiceMobility>"),
      block("DeviceInfo", "<DeviceMfgr>Example</DeviceMfgr><UniqueDeviceID TypeOfDeviceID='IMEI'>1</UniqueDeviceID>"),
      block("Comment", "<Comment xml:lang='en'>Ring the bell twice.</Comment>"),
  });
  CHECK(items == Items{{"ProviderInfo.DataProviderString", "Example Telecom"},
                       {"ProviderInfo.ContactURI", "tel:+442079460199"},
                       {"ServiceInfo.ServiceType", "wireless"},
                       {"ServiceInfo.ServiceMobility", "Mobile"},
                       {"DeviceInfo.DeviceMfgr", "Example"},
                       {"DeviceInfo.UniqueDeviceID", "1 (IMEI)"},
                       {"Comment.Comment", "Ring the bell twice."}});
}

TEST_CASE("a subscriber's card is told property by property") {
  const auto items = additional_items(
      {block("SubscriberInfo",
             "<SubscriberData xmlns:v='urn:ietf:params:xml:ns:vcard-4.0'><v:vcards><v:vcard><v:fn><v:text>A. "
             "Subscriber</v:text></v:fn>"
             "<v:adr><v:parameters><v:type><v:text>home</v:text></v:type></v:parameters><v:pobox/><v:street>10 Example "
             "Street</v:street>"
             "<v:locality>London</v:locality></v:adr><v:tel><v:uri>tel:+442079460123</v:uri></v:tel></v:vcard></"
             "v:vcards></SubscriberData>",
             "privacyRequested='true'")});
  CHECK(items == Items{{"SubscriberInfo.privacyRequested", "true"},
                       {"SubscriberInfo.fn", "A. Subscriber"},
                       {"SubscriberInfo.adr", "10 Example Street, London"},
                       {"SubscriberInfo.tel", "tel:+442079460123"}});
}

TEST_CASE("a block of another kind is named, a malformed one with the reason") {
  auto twice = block("DeviceInfo", "<DeviceMfgr>x</DeviceMfgr>");
  twice.content_type = "Application/EMERGENCYCALLDATA.comment+XML;charset=utf-8";
  CHECK(additional_items({{"application/EmergencyCallData.eCall.MSD", "", std::string(140, '\0')},
                          {"application/EmergencyCallData.ProviderInfo+xml", "", "<a>\n<b></a>"},
                          twice,
                          {"application/EmergencyCallData.Comment+xml", "", "<!DOCTYPE x><x/>"}}) ==
        Items{{"eCall.MSD", "140 bytes, not interpreted"},
              {"ProviderInfo", "not readable: line 2: mismatched tag"},
              {"Comment", "not readable: <EmergencyCallData.DeviceInfo> is another block"},
              {"Comment", "not readable: line 1: a document type declaration is not allowed"}});
}

TEST_CASE("items and their texts have bounds, and it is told that there was more") {
  std::string many;
  for (int i = 0; i < 100; ++i) many += "<Comment>" + std::string(i == 0 ? 5000 : 1, 'x') + "</Comment>";
  const auto items = additional_items({block("Comment", many), block("Comment", many)});
  REQUIRE(items.size() == 65);
  CHECK(items.front().text.size() == 512 + 3);
  CHECK(items.back() == core::NamedText{"more", "than 64 items: the rest is left out"});
}

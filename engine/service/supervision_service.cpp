#include <charconv>

#include "service/services.hpp"

namespace pledge::service {

template <class Request, class Response, class Make>
Reply SupervisionService::change(Context context, const Request* request, Response* response, Make make) {
  return front_->unary(context, request, response, [make](Hub& hub, const Request& r, const Answer<Response>& answer) {
    hub.requests.submit(
        r.mutation(), r.mutation().actor(), fingerprint(r), [&](core::Request q) { return make(r, std::move(q)); },
        with_version(answer));
  });
}

Writer SupervisionService::Watch(Context context, const grpc::ByteBuffer* request) {
  v1::WatchRequest r;
  const bool parsed = parse(*request, r);
  const auto joined = std::make_shared<std::atomic<bool>>(false);
  auto stream = front_->watch(context, front_->options().batch_outbox,
                              [front = front_, b = broadcaster_, joined](const auto& ended) {
                                front->on_service_thread([b, ended] { b->leave(ended); });
                                if (*joined) front->on_loop([](Hub& hub) { hub.feed->left(); });
                              });
  if (!parsed) {
    stream->end(refuse(grpc::StatusCode::INVALID_ARGUMENT, "BAD_REQUEST", "the request does not parse"));
  } else if (!stream->ended()) {
    *joined = true;
    front_->on_loop([stream, r](Hub& hub) { hub.feed->join(stream, r.resume_token()); });
  }
  return stream.get();
}

Reply SupervisionService::ListContacts(Context context, const v1::ListContactsRequest* request,
                                       v1::ListContactsResponse* response) {
  using Response = v1::ListContactsResponse;
  return front_->unary(context, request, response,
                       [](Hub& hub, const v1::ListContactsRequest& r, const Answer<Response>& answer) {
                         std::uint64_t after = 0;
                         const auto* end = r.page_token().data() + r.page_token().size();
                         if (std::from_chars(r.page_token().data(), end, after).ptr != end)
                           return answer.refuse(bad_page_token());
                         answer.with([&](Response& list) {
                           const auto size = static_cast<int>(page_size(hub.options, r.page_size()));
                           std::size_t bytes = 0;
                           const auto& live = hub.history.live();
                           for (auto it = live.upper_bound({after}); it != live.end(); ++it) {
                             const auto& now = it->second->now;
                             if (!r.queue().empty() && r.queue() != now.queue.value) continue;
                             if (r.state() != v1::CONTACT_STATE_UNSPECIFIED && r.state() != wire(now.state)) continue;
                             if (list.contacts_size() == size || bytes > message_bytes) {
                               list.set_next_page_token(std::to_string(list.contacts().rbegin()->id()));
                               break;
                             }
                             auto* contact = list.add_contacts();
                             put(contact, *it->second, hub.core.options(), Facts::with);
                             if (const auto view = hub.core.contact(it->first)) contact->set_position(view->position);
                             bytes += contact->ByteSizeLong();
                           }
                         });
                       });
}

// Handlers are listed in the order of their configuration; the token is the last one's id.
Reply SupervisionService::ListHandlers(Context context, const v1::ListHandlersRequest* request,
                                       v1::ListHandlersResponse* response) {
  using Response = v1::ListHandlersResponse;
  return front_->unary(
      context, request, response, [](Hub& hub, const v1::ListHandlersRequest& r, const Answer<Response>& answer) {
        std::vector<core::HandlerId> ids;
        for (const auto& handler : hub.core.options().handlers) {
          if (handler.id.value > r.page_token()) ids.push_back(handler.id);
        }
        std::sort(ids.begin(), ids.end());
        answer.with([&](Response& list) {
          const auto size = static_cast<int>(page_size(hub.options, r.page_size()));
          for (const auto& id : ids) {
            const auto view = hub.core.handler(id);
            if (!view || (r.state() != v1::HANDLER_STATE_UNSPECIFIED && r.state() != wire(view->now.state))) continue;
            if (list.handlers_size() == size) {
              list.set_next_page_token(list.handlers(size - 1).id());
              break;
            }
            put(list.add_handlers(), *view);
          }
        });
      });
}

Reply SupervisionService::ListQueues(Context context, const v1::ListQueuesRequest* request,
                                     v1::ListQueuesResponse* response) {
  using Response = v1::ListQueuesResponse;
  return front_->unary(context, request, response,
                       [](Hub& hub, const v1::ListQueuesRequest& r, const Answer<Response>& answer) {
                         std::size_t first = 0;
                         const auto* end = r.page_token().data() + r.page_token().size();
                         if (std::from_chars(r.page_token().data(), end, first).ptr != end)
                           return answer.refuse(bad_page_token());
                         answer.with([&](Response& list) {
                           const auto& queues = hub.core.options().queues;
                           const auto last = std::min(queues.size(), first + page_size(hub.options, r.page_size()));
                           for (auto i = first; i < last; ++i) {
                             if (const auto view = hub.core.queue(queues[i].id))
                               put(list.add_queues(), *view, hub.core.options());
                           }
                           if (last < queues.size()) list.set_next_page_token(std::to_string(last));
                           list.mutable_service_state()->set_state(hub.core.service_state());
                           list.mutable_service_state()->set_draining(hub.core.draining());
                           if (first == 0)
                             hub.core.for_each_pool([&](const core::PoolView& view) { put(list.add_pools(), view); });
                         });
                       });
}

Reply SupervisionService::Reprioritise(Context context, const v1::ReprioritiseRequest* request,
                                       v1::ReprioritiseResponse* response) {
  return change(context, request, response, [](const v1::ReprioritiseRequest& r, core::Request q) {
    return core::Reprioritise{std::move(q), {r.contact()}, grade_of(r.grade()), r.reason()};
  });
}

Reply SupervisionService::Move(Context context, const v1::MoveRequest* request, v1::MoveResponse* response) {
  return change(context, request, response, [](const v1::MoveRequest& r, core::Request q) {
    return core::MoveContact{std::move(q), {r.contact()}, {r.queue()}, r.reason()};
  });
}

Reply SupervisionService::Withdraw(Context context, const v1::WithdrawRequest* request,
                                   v1::WithdrawResponse* response) {
  return change(context, request, response, [](const v1::WithdrawRequest& r, core::Request q) {
    return core::WithdrawContact{std::move(q), {r.contact()}, r.reason()};
  });
}

Reply SupervisionService::AssignHandler(Context context, const v1::AssignHandlerRequest* request,
                                        v1::AssignHandlerResponse* response) {
  return change(context, request, response, [](const v1::AssignHandlerRequest& r, core::Request q) {
    std::vector<core::QueueId> queues;
    for (const auto& queue : r.queues()) queues.push_back({queue});
    return core::AssignHandler{std::move(q), {r.handler()}, std::move(queues), r.reason()};
  });
}

Reply SupervisionService::SignOffHandler(Context context, const v1::SignOffHandlerRequest* request,
                                         v1::SignOffHandlerResponse* response) {
  return change(context, request, response, [](const v1::SignOffHandlerRequest& r, core::Request q) {
    return core::SignOff{std::move(q), {r.handler()}, r.reason()};
  });
}

}  // namespace pledge::service

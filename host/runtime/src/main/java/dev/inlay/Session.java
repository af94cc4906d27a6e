// SPDX-License-Identifier: Apache-2.0
package dev.inlay;

import dev.inlay.graph.Graph;
import dev.inlay.graph.GraphException;
import dev.inlay.graph.Value;
import dev.inlay.plan.Plan;
import dev.inlay.tensor.Tensor;
import dev.inlay.trace.RequestEvent;
import dev.inlay.trace.SlotWaitEvent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiFunction;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * A model ready to run: live devices, uploaded weights, and a number of slots that each hold the memory of one request.
 * Any number of threads may call {@link #run} and {@link #runAsync}; requests beyond the slots wait in one line, first
 * come, first served. Stages of different requests run at the same time where they are on different devices. Sessions
 * that share a device take turns on it.
 */
public final class Session implements AutoCloseable {
    private static final Logger LOG = LogManager.getLogger(Session.class);

    private final Engine engine;
    private final Graph graph;
    private final String name;
    private final Line line;
    private final List<String> notices = new CopyOnWriteArrayList<>();
    private final Object replanning = new Object();
    private volatile Deployment deployment;
    private boolean closed;

    Session(Engine engine, CompiledModel model) {
        this.engine = engine;
        this.graph = model.graph();
        this.name = model.plan().graph();
        this.line = new Line(name, model.options().queue(), this::retire);
        this.deployment = deploy(model);
        line.add(deployment.slots());
    }

    /** What one request does in a slot. */
    private interface Work<T> extends BiFunction<Slot, Request, T> {}

    /**
     * Computes the outputs. The caller waits in line however long it is.
     *
     * @param inputs a tensor of the right type and shape for every input of the graph, by name
     * @return a new tensor for every output of the graph, by name, in the graph's order
     * @throws UsageException if the inputs do not fit the graph
     * @throws DeviceException if a device fails; the session stays usable
     * @throws IllegalStateException if the session is closed, also while the request waits
     */
    public Map<String, Tensor> run(Map<String, Tensor> inputs) {
        return run(inputs, RunOptions.DEFAULT);
    }

    /**
     * As {@link #run(Map)}. A request that is past its deadline ends before its next step; the step that is under way
     * is waited for.
     *
     * @throws DeadlineException if it is not done by its deadline
     */
    public Map<String, Tensor> run(Map<String, Tensor> inputs, RunOptions options) {
        checkTensors(inputs);
        return serve(options, (slot, request) -> slot.run(inputs, request));
    }

    /** As {@link #runAsync(Map, RunOptions)}, without a deadline. */
    public CompletableFuture<Map<String, Tensor>> runAsync(Map<String, Tensor> inputs) {
        return runAsync(inputs, RunOptions.DEFAULT);
    }

    /**
     * Computes the outputs while the caller goes on. The inputs must not change before the future is done, however it
     * ends: a request that was given up may still have a step under way.
     *
     * <p>The future fails with what {@link #run(Map, RunOptions)} throws, as soon as the deadline is past or a device
     * failed, and with {@link RejectedExecutionException}, at once, when as many requests wait as
     * {@link CompileOptions#queue} allows. Cancelling it gives the request up: it leaves the line, or ends before its
     * next step, and its slot serves the next.
     *
     * @throws UsageException if the inputs do not fit the graph
     */
    public CompletableFuture<Map<String, Tensor>> runAsync(Map<String, Tensor> inputs, RunOptions options) {
        checkTensors(inputs);
        Request request = Request.of(name, options, this);
        CompletableFuture<Map<String, Tensor>> answer = new CompletableFuture<>();
        Line.Ticket ticket;
        try {
            ticket = line.enter(request, true);
        } catch (RejectedExecutionException | IllegalStateException e) {
            request.stop().over();
            answer.completeExceptionally(e);
            return answer;
        }
        CompletableFuture<Map<String, Tensor>> _ = answer.whenComplete((tensors, failure) -> {
            if (failure instanceof CancellationException cancelled) {
                request.stop().now(cancelled);
            }
        });
        request.stop().whenStopped(why -> Thread.startVirtualThread(() -> answer.completeExceptionally(why)));
        Thread.ofVirtual().name("inlay request " + request.id()).start(() -> {
            try {
                answer.complete(serve(ticket, request, (slot, same) -> slot.run(inputs, same)));
            } catch (Throwable e) {
                answer.completeExceptionally(e);
            }
        });
        return answer;
    }

    /**
     * Computes the outputs and leaves each on the device that computes it, so that another session there can take it
     * without a way over the host. An output that plain Java computes stays on the host.
     *
     * @param inputs a tensor of the right type and shape for every input of the graph, by name; each may lie anywhere
     * @return the outputs, to be closed by the caller
     * @throws UsageException if the inputs do not fit the graph
     * @throws IllegalStateException if an input is closed
     * @throws DeviceException if a device fails; the session stays usable
     */
    public ResidentTensors runResident(Map<String, ResidentTensor> inputs) {
        Map<String, Value> values = new LinkedHashMap<>();
        inputs.forEach((input, tensor) -> values.put(input, new Value(input, tensor.type(), tensor.shape())));
        check(values);
        List<ResidentTensor> held = new ArrayList<>();
        try {
            for (ResidentTensor tensor : inputs.values()) {
                tensor.hold();
                held.add(tensor);
            }
            return serve(RunOptions.DEFAULT, (slot, request) -> slot.runResident(inputs, request));
        } finally {
            held.forEach(ResidentTensor::release);
        }
    }

    /**
     * The time of every launch of the plan, each repeated by itself on what the last request left. What that computes is
     * thrown away.
     *
     * @param repeats launches of each in a row, at least 1; one more goes before
     * @return seconds of one launch by its position in {@link Plan#steps()}; steps that are no launches are absent
     * @throws DeviceException if a device fails; the session stays usable
     */
    public Map<Integer, Double> launchSeconds(int repeats) {
        return serve(RunOptions.DEFAULT, (slot, request) -> slot.launchSeconds(repeats));
    }

    /**
     * The time of every step in one request as it runs: a launch from the end of the one before it to its own.
     *
     * @param inputs as of {@link #run(Map)}
     * @return seconds of each step by its position in {@link Plan#steps()}
     * @throws UsageException if the inputs do not fit the graph
     * @throws DeviceException if a device fails or keeps no times; the session stays usable
     */
    public Map<Integer, Double> profile(Map<String, Tensor> inputs) {
        checkTensors(inputs);
        return serve(RunOptions.DEFAULT, (slot, request) -> slot.profile(inputs, request));
    }

    /** The plan that requests follow from now on; another one than at first after a device was given up. */
    public Plan plan() {
        return deployment.model().plan();
    }

    /** What became of devices that failed, one line each. */
    public List<String> notices() {
        return List.copyOf(notices);
    }

    private <T> T serve(RunOptions options, Work<T> work) {
        Request request = Request.of(name, options, this);
        return serve(line.enter(request, false), request, work);
    }

    private <T> T serve(Line.Ticket ticket, Request request, Work<T> work) {
        RequestEvent event = new RequestEvent();
        event.begin();
        String outcome = "answered";
        try {
            return retrying(ticket, request, work);
        } catch (RuntimeException | Error e) {
            outcome = e.getClass().getSimpleName();
            throw e;
        } finally {
            request.stop().over();
            if (event.shouldCommit()) {
                event.request = request.id();
                event.model = name;
                event.outcome = outcome;
                event.commit();
            }
        }
    }

    private <T> T retrying(Line.Ticket ticket, Request request, Work<T> work) {
        Slot slot = await(ticket, request);
        DeviceException failure;
        try {
            return work.apply(slot, request);
        } catch (DeviceException e) {
            if (slot.deployment().model().options().onFault() == OnFault.FAIL
                    || e.device().isEmpty()) {
                throw e;
            }
            failure = e;
        } finally {
            line.giveBack(slot);
        }
        request.stop().check();
        replan(slot.deployment(), failure);
        Slot again = await(line.again(request), request);
        try {
            return work.apply(again, request);
        } catch (RuntimeException | Error e) {
            e.addSuppressed(failure);
            throw e;
        } finally {
            line.giveBack(again);
        }
    }

    private static Slot await(Line.Ticket ticket, Request request) {
        SlotWaitEvent event = new SlotWaitEvent();
        event.begin();
        try {
            return ticket.await();
        } finally {
            if (event.shouldCommit()) {
                event.request = request.id();
                event.commit();
            }
        }
    }

    /** Closes a slot of a deployment that was replaced; the last one takes the deployment with it. */
    private void retire(Slot slot) {
        try {
            slot.deployment().retire(slot);
        } catch (DeviceException e) {
            LOG.warn("session of {}: a slot that is not needed any more: {}", name, e.getMessage());
        }
    }

    /** Opens a model; without its failing devices if that is wished. */
    private Deployment deploy(CompiledModel model) {
        try {
            return new Deployment(engine, model);
        } catch (DeviceException e) {
            if (model.options().onFault() == OnFault.FAIL || e.device().isEmpty()) {
                throw e;
            }
            return deploy(without(model, e));
        }
    }

    private CompiledModel without(CompiledModel model, DeviceException failure) {
        String device = failure.device().orElseThrow();
        if (model.plan().openClDevices().stream().noneMatch(device::equals)) {
            throw failure;
        }
        CompiledModel other;
        try {
            other = model.without(device);
        } catch (GraphException | UsageException e) {
            failure.addSuppressed(e);
            throw failure;
        }
        List<String> dropped = model.options().pins().keySet().stream()
                .filter(pin -> !other.options().pins().containsKey(pin))
                .sorted()
                .toList();
        String notice = "planned again without " + device
                + (dropped.isEmpty() ? "" : ", dropping its pins of " + String.join(", ", dropped)) + ": "
                + failure.getMessage();
        LOG.warn("session of {}: {}", name, notice);
        notices.add(notice);
        return other;
    }

    /**
     * Goes over to a plan without the device that failed, once for all requests that it failed.
     *
     * @throws DeviceException the failure, if there is no such plan
     */
    private void replan(Deployment failed, DeviceException failure) {
        synchronized (replanning) {
            if (deployment == failed && !closed) {
                deployment = deploy(without(failed.model(), failure));
                line.replace(failed.slots(), deployment.slots());
            }
        }
    }

    private void checkTensors(Map<String, Tensor> inputs) {
        Map<String, Value> values = new LinkedHashMap<>();
        inputs.forEach((input, tensor) -> values.put(input, new Value(input, tensor.type(), tensor.shape())));
        check(values);
    }

    private void check(Map<String, Value> inputs) {
        List<String> names = graph.inputs().stream().map(Value::name).toList();
        for (String input : inputs.keySet()) {
            if (!names.contains(input)) {
                throw new UsageException("input: got \"" + input + "\", expected one of " + names);
            }
        }
        for (Value value : graph.inputs()) {
            Value got = inputs.get(value.name());
            if (got == null) {
                throw new UsageException(
                        "input \"" + value.name() + "\": got none, expected " + value.type() + " " + value.shape());
            }
            if (got.type() != value.type() || !got.shape().equals(value.shape())) {
                throw new UsageException("input \"" + value.name() + "\": got " + got.type() + " " + got.shape()
                        + ", expected " + value.type() + " " + value.shape());
            }
        }
    }

    /**
     * Fails the requests that wait, lets those under way end, and gives everything back; closing twice does nothing.
     *
     * @throws DeviceException if a device fails
     */
    @Override
    public void close() {
        line.close();
        Optional<Deployment> last;
        synchronized (replanning) {
            last = closed ? Optional.empty() : Optional.of(deployment);
            closed = true;
        }
        last.ifPresent(Deployment::close);
    }
}

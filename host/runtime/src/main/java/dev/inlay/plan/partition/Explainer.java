// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan.partition;

import dev.inlay.plan.partition.Explanation.Reason;
import dev.inlay.plan.partition.Explanation.RunnerUp;
import dev.inlay.plan.partition.Instance.Option;
import dev.inlay.plan.partition.PartitionProblem.Candidate;
import dev.inlay.plan.partition.PartitionProblem.Node;
import dev.inlay.plan.partition.PartitionProblem.Pin;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Moves each node of a partition to every other device, chooses its neighbours anew, and reads off what decided. */
final class Explainer {
    private static final Duration ENOUGH = Duration.ofDays(1);

    /**
     * A partition with one node moved.
     *
     * @param wins whether it is better, limits left aside
     */
    private record Moved(Option option, Assignment assignment, double loss, boolean meetsLimits, boolean wins) {}

    private final PartitionProblem problem;
    private final Candidates candidates;
    private final Instance instance;
    private final int[] choice;
    private final Assignment chosen;
    private final BitSet pinned = new BitSet();
    private final LocalSearch search;

    Explainer(PartitionProblem problem, Partition partition) {
        this.problem = problem;
        candidates = new Candidates(problem);
        boolean energy = partition.objective() == Objective.ENERGY;
        // Without pins, so that what they cost can be said; a pin may also be what keeps unknown joules out.
        instance = Instance.of(energy ? problem : problem.withPins(List.of()), partition.objective());
        choice = new int[instance.nodes()];
        for (int node = 0; node < choice.length; node++) {
            Candidate candidate =
                    partition.choices().get(problem.nodes().get(node).name());
            List<Option> options = instance.options(node);
            for (int i = 0; i < options.size(); i++) {
                choice[node] = options.get(i).candidate().equals(candidate) ? i : choice[node];
            }
        }
        chosen = new Assignment(instance, choice);
        search = new LocalSearch(instance, new Random(0), Deadline.in(ENOUGH));
        List<String> names = problem.nodes().stream().map(Node::name).toList();
        problem.pins().forEach(pin -> pinned.set(names.indexOf(pin.node())));
        pinned.stream().forEach(node -> search.freeze(node, true));
    }

    List<Explanation> all() {
        List<Explanation> all = new ArrayList<>();
        for (int node = 0; node < choice.length; node++) {
            all.add(explain(node));
        }
        return all;
    }

    private Explanation explain(int node) {
        Node named = problem.nodes().get(node);
        Option here = chosen.chosen(node);
        List<Moved> moved = new ArrayList<>();
        for (int i = 0; i < instance.options(node).size(); i++) {
            if (instance.options(node).get(i).device() != here.device()) {
                moved.add(move(node, i));
            }
        }
        List<Moved> allowed = moved.stream()
                .filter(each -> candidates
                        .against(named.name(), each.option.candidate().device())
                        .isEmpty())
                .toList();
        Optional<Moved> runnerUp =
                least(allowed.stream().filter(Moved::meetsLimits).toList());
        Optional<Moved> barred = least(
                allowed.stream().filter(each -> each.wins && !each.meetsLimits).toList());
        Reason reason = reason(named, here, moved, runnerUp, barred);
        String change = switch (reason) {
            case PIN -> pinWords(named, here, moved);
            case FORMAT -> refusalWords(named, here);
            case MEMORY -> barred.map(this::memoryWords).orElseGet(() -> tooLargeWords(named, here));
            case CUTS -> barred.map(this::cutWords).orElse("");
            case COST -> runnerUp.map(each -> speedWords(each, node)).orElse("");
            case HAND_OVER -> runnerUp.map(this::linkWords).orElse("");
            case TIE -> "";
        };
        Optional<RunnerUp> second =
                runnerUp.map(each -> new RunnerUp(each.option.candidate(), each.loss, each.loss / chosen.value()));
        return new Explanation(
                named.name(), here.candidate(), second, reason, words(named, here, second, reason, change));
    }

    private static Optional<Moved> least(List<Moved> all) {
        return all.stream().min((a, b) -> Double.compare(a.loss, b.loss));
    }

    private Moved move(int node, int option) {
        Assignment within = new Assignment(instance, choice);
        within.change(node, option);
        double alone = within.value();
        search.freeze(node, true);
        search.settleAround(within, node);
        search.freeze(node, pinned.get(node));
        boolean meets = within.violation() == 0;
        double loss = within.value() - chosen.value();
        boolean wins = Math.min(alone, within.value()) < chosen.value() * (1 - 1e-9);
        return new Moved(instance.options(node).get(option), within, loss, meets, wins);
    }

    private Reason reason(Node node, Option here, List<Moved> moved, Optional<Moved> runnerUp, Optional<Moved> barred) {
        if (barred.isPresent()) {
            return isOverweight(barred.get().assignment) ? Reason.MEMORY : Reason.CUTS;
        }
        if (runnerUp.isPresent()) {
            boolean tie = runnerUp.get().loss <= 1e-9 * chosen.value();
            boolean cheaper = price(here) <= price(runnerUp.get().option);
            return tie ? Reason.TIE : cheaper ? Reason.COST : Reason.HAND_OVER;
        }
        boolean others = node.candidates().stream()
                .anyMatch(each -> !each.device().equals(here.candidate().device()));
        if (!others) {
            return Reason.FORMAT;
        }
        boolean possible = node.candidates().stream()
                .anyMatch(each -> !each.device().equals(here.candidate().device())
                        && candidates.against(node.name(), each.device()).isEmpty());
        if (!possible) {
            return Reason.PIN;
        }
        boolean overcut = moved.stream().anyMatch(each -> !each.meetsLimits && !isOverweight(each.assignment));
        return overcut ? Reason.CUTS : Reason.MEMORY;
    }

    private boolean isOverweight(Assignment assignment) {
        boolean over = false;
        for (int device = 0; device < instance.devices(); device++) {
            over |= assignment.excess(device) > 0;
        }
        return over;
    }

    private double price(Option option) {
        return instance.objective() == Objective.ENERGY ? option.joules() : option.seconds();
    }

    private String amount(double loss) {
        return Explanation.amount(loss, instance.objective().unit());
    }

    private String words(Node node, Option here, Optional<RunnerUp> second, Reason reason, String change) {
        String chosenWords = node.name() + ": " + here.candidate().kernel() + " on "
                + here.candidate().device();
        String secondWords = second.map(
                        each -> "; runner-up " + each.candidate().kernel() + " on "
                                + each.candidate().device()
                                + (each.loss() <= 1e-9 * chosen.value()
                                        ? " is as good"
                                        : " is " + amount(each.loss()) + " (" + Explanation.number(100 * each.share())
                                                + " %) worse at most"))
                .orElse("; no runner-up");
        return chosenWords + secondWords + "; decided by " + reason.words() + (change.isEmpty() ? "" : ": " + change);
    }

    private String pinWords(Node node, Option here, List<Moved> moved) {
        String why = problem.pins().stream()
                .filter(pin -> pin.node().equals(node.name()))
                .map(Pin::why)
                .collect(Collectors.joining("; "));
        return why
                + least(moved)
                        .filter(each -> each.loss < 0)
                        .map(each -> ", without which "
                                + each.option.candidate().device() + " would save " + amount(-each.loss))
                        .orElse(
                                moved.isEmpty()
                                        ? ""
                                        : ", and no other device would be better than "
                                                + here.candidate().device());
    }

    private String refusalWords(Node node, Option here) {
        return new TreeSet<>(node.refusals().keySet())
                .stream()
                        .filter(device -> !device.equals(here.candidate().device()))
                        .map(device -> device + ": " + node.refusals().get(device))
                        .collect(Collectors.joining("; "));
    }

    private String memoryWords(Moved moved) {
        int device = 0;
        for (int each = 1; each < instance.devices(); each++) {
            device = moved.assignment.excess(each) > moved.assignment.excess(device) ? each : device;
        }
        return moved.option.candidate().device() + " wins if "
                + problem.devices().get(device).id() + " had "
                + Explanation.amount((double) moved.assignment.excess(device), "B") + " more";
    }

    private String tooLargeWords(Node node, Option here) {
        return node.candidates().stream()
                .filter(each -> !each.device().equals(here.candidate().device()) && !candidates.fits(each))
                .map(each -> each.kernel() + " does not fit " + each.device())
                .distinct()
                .collect(Collectors.joining(", "));
    }

    private String cutWords(Moved moved) {
        return moved.option.candidate().device() + " wins if " + moved.assignment.cuts() + " cuts were allowed";
    }

    /** By what factor the runner-up would have to be faster. */
    private String speedWords(Moved moved, int node) {
        double price = price(moved.option);
        String device = moved.option.candidate().device();
        boolean counts = instance.objective() != Objective.THROUGHPUT
                || moved.assignment.period() == moved.assignment.busy(moved.option.device());
        if (!counts) {
            return price(chosen.chosen(node)) == price
                    ? "as long there, but another device would be busier"
                    : Explanation.number(price / price(chosen.chosen(node))) + " times as long on " + device;
        }
        String what = instance.objective() == Objective.ENERGY ? " less hungry" : " faster";
        return moved.loss < price
                ? device + " wins if " + Explanation.number(price / (price - moved.loss)) + " ×" + what + " here"
                : device + " does not win at any speed: the way there costs more";
    }

    /** By what factor links would have to be faster. */
    private String linkWords(Moved moved) {
        double longer = moved.assignment.crossing() - chosen.crossing();
        String device = moved.option.candidate().device();
        String alone = "it takes " + amount(price(moved.option)) + " on " + device;
        return longer <= moved.loss
                ? alone + ", and more for layouts and what moves with it"
                : alone + ", which wins if the links were " + Explanation.number(longer / (longer - moved.loss))
                        + " × faster";
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.inlay.plan.partition.Heuristic;
import dev.inlay.plan.partition.Objective;
import dev.inlay.plan.partition.Partition;
import dev.inlay.plan.partition.PartitionProblem;
import dev.inlay.plan.partition.PartitionProblem.Node;
import dev.inlay.plan.partition.PartitionProblem.Value;
import dev.inlay.plan.partition.RandomNetworks;
import java.io.StringReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

/** The picture of a partition as a reader of XML sees it. */
final class PartitionPictureTest {
    private static final PartitionProblem PROBLEM = renamed(RandomNetworks.of(3, 24, 2), name -> name + " <&\"\u0001");
    private static final Partition PARTITION =
            new Heuristic(Duration.ofSeconds(5), 1).partition(PROBLEM, Objective.THROUGHPUT);

    private static PartitionProblem renamed(PartitionProblem problem, UnaryOperator<String> name) {
        List<Node> nodes = problem.nodes().stream()
                .map(node -> new Node(name.apply(node.name()), node.candidates(), node.refusals()))
                .toList();
        List<Value> values = problem.values().stream()
                .map(value -> new Value(
                        name.apply(value.name()),
                        value.producer().map(name),
                        value.readers().stream().map(name).toList(),
                        value.output(),
                        value.bytes()))
                .toList();
        return new PartitionProblem(
                problem.devices(),
                problem.host(),
                problem.exchange(),
                nodes,
                values,
                problem.links(),
                problem.conversions(),
                problem.pins(),
                problem.maxCuts());
    }

    private static Document parsed() throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(PartitionPicture.svg(PROBLEM, PARTITION))));
    }

    /** The titles of the groups of a class. */
    private static List<String> titles(String chosen) throws Exception {
        NodeList groups = parsed().getElementsByTagName("g");
        List<String> titles = new ArrayList<>();
        for (int i = 0; i < groups.getLength(); i++) {
            Element group = (Element) groups.item(i);
            if (group.getAttribute("class").equals(chosen)) {
                titles.add(group.getElementsByTagName("title").item(0).getTextContent());
            }
        }
        return titles;
    }

    private static String shown(String name) {
        return name.replace('\u0001', '\uFFFD');
    }

    @Test
    void showsEveryNodeOnce() throws Exception {
        List<String> expected = PARTITION.choices().entrySet().stream()
                .map(each -> shown(each.getKey()) + ": " + each.getValue().kernel() + " on "
                        + each.getValue().device())
                .toList();
        assertEquals(expected, titles("node"));
    }

    @Test
    void showsEveryHandOverOnce() throws Exception {
        List<String> titles = titles("handOver");
        assertTrue(PARTITION.handOvers().size() > 2);
        assertEquals(PARTITION.handOvers().size(), titles.size());
        for (int i = 0; i < titles.size(); i++) {
            Partition.HandOver handOver = PARTITION.handOvers().get(i);
            String start = shown(handOver.value()) + " from " + handOver.from() + " to " + handOver.to() + ": ";
            assertTrue(titles.get(i).startsWith(start), titles.get(i));
        }
    }

    @Test
    void saysInWordsWhatItShows() throws Exception {
        Element picture = parsed().getDocumentElement();
        assertEquals("title description", picture.getAttribute("aria-labelledby"));
        String words = picture.getElementsByTagName("desc").item(0).getTextContent();
        for (String node : PARTITION.choices().keySet()) {
            assertTrue(words.contains(shown(node)), words);
        }
        assertTrue(
                picture.getElementsByTagName("style").item(0).getTextContent().contains("prefers-color-scheme: dark"));
    }
}

/** Topics level by level (section 4.7): who subscribed to what, and what is retained where. */

/** A wildcard at the first level does not match topics of the server's own [MQTT-4.7.2-1]. */
function isHidden(topic: string): boolean {
  return topic.startsWith("$");
}

class Node<Value> {
  readonly children = new Map<string, Node<Value>>();
  value: Value | undefined;

  get isEmpty(): boolean {
    return this.value === undefined && this.children.size === 0;
  }
}

/** Values at paths of topic levels; branches without a value do not stay. */
class Tree<Value> {
  readonly root = new Node<Value>();

  at(path: string): Value | undefined {
    let node: Node<Value> | undefined = this.root;
    for (const level of path.split("/")) node = node?.children.get(level);
    return node?.value;
  }

  set(path: string, value: Value): void {
    let node = this.root;
    for (const level of path.split("/")) {
      const next = node.children.get(level) ?? new Node<Value>();
      node.children.set(level, next);
      node = next;
    }
    node.value = value;
  }

  delete(path: string): void {
    const levels = path.split("/");
    const way: Node<Value>[] = [this.root];
    for (const level of levels) {
      const next: Node<Value> | undefined = way.at(-1)?.children.get(level);
      if (next === undefined) return;
      way.push(next);
    }
    (way.at(-1) as Node<Value>).value = undefined;
    for (let depth = levels.length; depth > 0 && way[depth]?.isEmpty === true; depth -= 1) {
      way[depth - 1]?.children.delete(levels[depth - 1] as string);
    }
  }
}

export class SubscriptionTree<Subscriber> {
  readonly #tree = new Tree<Map<Subscriber, 0 | 1>>();
  #epoch = 0;

  /** Changes whenever an answer of {@link match} may. */
  get epoch(): number {
    return this.#epoch;
  }

  add(filter: string, subscriber: Subscriber, qos: 0 | 1): void {
    const there = this.#tree.at(filter);
    if (there === undefined) this.#tree.set(filter, new Map([[subscriber, qos]]));
    else there.set(subscriber, qos);
    this.#epoch += 1;
  }

  remove(filter: string, subscriber: Subscriber): void {
    const there = this.#tree.at(filter);
    if (there === undefined) return;
    there.delete(subscriber);
    if (there.size === 0) this.#tree.delete(filter);
    this.#epoch += 1;
  }

  /** Each subscriber once, with the highest QoS of its filters that match (section 3.3.5). */
  match(topic: string): Map<Subscriber, 0 | 1> {
    const found = new Map<Subscriber, 0 | 1>();
    const levels = topic.split("/");
    const collect = (node: Node<Map<Subscriber, 0 | 1>> | undefined): void => {
      for (const [subscriber, qos] of node?.value ?? []) {
        if (qos >= (found.get(subscriber) ?? 0)) found.set(subscriber, qos);
      }
    };
    let nodes = [this.#tree.root];
    for (const [depth, level] of levels.entries()) {
      const isWild = depth > 0 || !isHidden(topic);
      if (isWild) for (const node of nodes) collect(node.children.get("#"));
      const names = isWild ? [level, "+"] : [level];
      nodes = nodes.flatMap((node) => names.flatMap((name) => node.children.get(name) ?? []));
    }
    for (const node of nodes) {
      collect(node);
      // `a/#` matches `a` itself.
      collect(node.children.get("#"));
    }
    return found;
  }
}

/** Values by topic, found by topic filter. */
export class TopicMap<Value> {
  readonly #tree = new Tree<readonly [topic: string, value: Value]>();

  set(topic: string, value: Value): void {
    this.#tree.set(topic, [topic, value]);
  }

  get(topic: string): Value | undefined {
    return this.#tree.at(topic)?.[1];
  }

  delete(topic: string): void {
    this.#tree.delete(topic);
  }

  match(filter: string): (readonly [topic: string, value: Value])[] {
    const levels = filter.split("/");
    let nodes = [this.#tree.root];
    for (const [depth, level] of levels.entries()) {
      if (level === "#") return nodes.flatMap((node) => this.#below(node, depth === 0));
      nodes = nodes.flatMap((node) => {
        if (level !== "+") return node.children.get(level) ?? [];
        return [...node.children].flatMap(([name, child]) => (depth === 0 && isHidden(name) ? [] : child));
      });
    }
    return nodes.flatMap((node) => (node.value === undefined ? [] : [node.value]));
  }

  #below(node: Node<readonly [string, Value]>, isRoot: boolean): (readonly [topic: string, value: Value])[] {
    const own = node.value === undefined ? [] : [node.value];
    const children = [...node.children].filter(([name]) => !isRoot || !isHidden(name));
    return [...own, ...children.flatMap(([, child]) => this.#below(child, false))];
  }
}

use super::*;

fn parse(text: &str) -> Result<Configuration, String> {
    let head = "apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\n";
    Configuration::parse(format!("{head}{text}").as_bytes()).map_err(|error| error.to_string())
}

fn check(text: &str, expect: &str) {
    assert_eq!(parse(text).map(|_| ()), Err(expect.to_owned()), "{text}");
}

#[test]
fn what_is_unknown_is_named() {
    check("profile: []\n", "unknown field \"profile\"");
    check(
        "profiles:\n- schedulerName: a\n  plugins:\n    filter:\n      enable: []\n",
        "unknown field \"profiles[0].plugins.filter.enable\"",
    );
    check(
        "profiles:\n- plugins:\n    score:\n      enabled:\n      - name: Coin\n",
        "profiles[0].plugins.score.enabled[0].name: plugin \"Coin\" does not exist",
    );
    check(
        "profiles:\n- pluginConfig:\n  - name: NodeResourcesFit\n    args: {strategy: x}\n",
        "unknown field \"profiles[0].pluginConfig[0].args.strategy\"",
    );
    check(
        "profiles:\n- pluginConfig:\n  - name: NodePorts\n    args: {}\n",
        "profiles[0].pluginConfig[0].name: NodePorts takes no args",
    );
    check(
        "extenders:\n- urlPrefix: http://x\n  verb: x\n",
        "unknown field \"extenders[0].verb\"",
    );
    assert!(Configuration::parse(b"kind: Pod").is_err());
    assert!(Configuration::parse(b"{").is_err());
}

#[test]
fn what_contradicts_itself_is_refused() {
    check(
        "profiles:\n- schedulerName: a\n- schedulerName: a\n",
        "profiles[1].schedulerName: Duplicate value: \"a\"",
    );
    check(
        "podInitialBackoffSeconds: 20\n",
        "podMaxBackoffSeconds: must not be less than podInitialBackoffSeconds",
    );
    check(
        "profiles:\n- plugins:\n    bind:\n      disabled:\n      - name: '*'\n",
        "profiles[0].plugins: DefaultBinder cannot be disabled: nothing else does its work",
    );
}

#[test]
fn the_default_is_upstreams() {
    let all = parse("").expect("a configuration");
    let profile = all.profile("default-scheduler").expect("a profile");
    assert_eq!(profile.scores.len(), Profile::default().scores.len());
    assert!(profile.preempts && profile.gates);
    assert!(all.ignored.is_empty());
    let all = parse("leaderElection: {leaderElect: true}\n").expect("a configuration");
    assert_eq!(all.ignored, ["leaderElection"]);
}

fn profile(text: &str) -> Profile {
    let all = parse(&format!("profiles:\n- {text}")).expect("a configuration");
    Profile::clone(&all.profiles[0])
}

fn scores(profile: &Profile) -> Vec<(&'static str, i64)> {
    let all = profile.scores.iter();
    all.map(|(plugin, weight)| (plugin.name, *weight)).collect()
}

#[test]
fn plugins_are_chosen_and_weighed() {
    let only = profile(
        "plugins:\n    score:\n      disabled:\n      - name: '*'\n      enabled:\n      - {name: ImageLocality, weight: 7}\n      - name: NodeAffinity\n",
    );
    assert_eq!(scores(&only), [("ImageLocality", 7), ("NodeAffinity", 2)]);
    assert_eq!(only.filters.len(), Profile::default().filters.len());
    let less = profile(
        "plugins:\n    multiPoint:\n      disabled:\n      - name: NodePorts\n      - name: DefaultPreemption\n      enabled:\n      - {name: TaintToleration, weight: 9}\n",
    );
    assert!(!less.filters_by("NodePorts") && less.filters_by("NodeName"));
    assert!(!less.preempts);
    assert!(scores(&less).contains(&("TaintToleration", 9)));
}

#[test]
fn plugins_are_told() {
    let told = profile(
        "pluginConfig:\n  - name: NodeResourcesFit\n    args:\n      kind: NodeResourcesFitArgs\n      ignoredResourceGroups: [example.com]\n      scoringStrategy:\n        type: RequestedToCapacityRatio\n        resources: [{name: cpu, weight: 3}, {name: example.com/gpu}]\n        requestedToCapacityRatio:\n          shape: [{utilization: 0, score: 0}, {utilization: 100, score: 10}]\n  - name: PodTopologySpread\n    args:\n      defaultingType: List\n      defaultConstraints:\n      - {maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule}\n  - name: DynamicResources\n    args: {bindingTimeout: 2m}\n",
    );
    let args = &told.args;
    assert!(args.ignores("example.com/gpu") && !args.ignores("cpu"));
    assert_eq!(
        args.fit_resources,
        [("cpu".to_owned(), 3), ("example.com/gpu".to_owned(), 1)]
    );
    let point = |utilization, score| ShapePoint { utilization, score };
    assert_eq!(
        args.fit,
        FitStrategy::RequestedToCapacityRatio(vec![point(0, 0), point(100, 100)])
    );
    assert_eq!(args.default_constraints.as_ref().map(Vec::len), Some(1));
    assert_eq!(args.device_timeout, Duration::from_secs(120));
}

#[test]
fn extenders_are_read() {
    let all = parse(
        "extenders:\n- urlPrefix: https://x/y\n  filterVerb: filter\n  bindVerb: bind\n  weight: 5\n  httpTimeout: 100ms\n  ignorable: true\n  managedResources:\n  - {name: example.com/gpu, ignoredByScheduler: true}\n",
    )
    .expect("a configuration");
    let extender = &all.extenders[0];
    assert!(extender.binds() && extender.ignorable);
    assert_eq!(
        (extender.weight, extender.timeout),
        (5, Duration::from_millis(100))
    );
    assert!(all.profiles[0].args.ignores("example.com/gpu"));
}

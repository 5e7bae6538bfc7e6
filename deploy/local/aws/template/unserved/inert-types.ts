// The resource types that a template may have and that the twin does not serve, by service: a name that is not here is
// misspelt, or newer than this list, and refused. The names are those of CloudFormation's resource schemas.

const names: Readonly<Record<string, string>> = {
  EC2: `
    CapacityManagerDataExport CapacityReservation CapacityReservationFleet CarrierGateway
    ClientVpnAuthorizationRule ClientVpnEndpoint ClientVpnRoute ClientVpnTargetNetworkAssociation
    CustomerGateway DHCPOptions EC2Fleet EIP EIPAssociation EgressOnlyInternetGateway
    EnclaveCertificateIamRoleAssociation FlowLog GatewayRouteTableAssociation Host IPAM IPAMAllocation
    IPAMPool IPAMPoolCidr IPAMPrefixListResolver IPAMPrefixListResolverTarget IPAMResourceDiscovery
    IPAMResourceDiscoveryAssociation IPAMScope Instance InstanceConnectEndpoint InternetGateway
    IpPoolRouteTableAssociation KeyPair LaunchTemplate LocalGatewayRoute LocalGatewayRouteTable
    LocalGatewayRouteTableVPCAssociation LocalGatewayRouteTableVirtualInterfaceGroupAssociation
    LocalGatewayVirtualInterface LocalGatewayVirtualInterfaceGroup NatGateway NetworkAcl NetworkAclEntry
    NetworkInsightsAccessScope NetworkInsightsAccessScopeAnalysis NetworkInsightsAnalysis
    NetworkInsightsPath NetworkInterface NetworkInterfaceAttachment NetworkInterfacePermission
    NetworkPerformanceMetricSubscription PlacementGroup PrefixList Route RouteServer
    RouteServerAssociation RouteServerEndpoint RouteServerPeer RouteServerPropagation RouteTable
    SecurityGroup SecurityGroupEgress SecurityGroupIngress SecurityGroupVpcAssociation
    SnapshotBlockPublicAccess SpotFleet SqlHaStandbyDetectedInstance Subnet SubnetCidrBlock
    SubnetNetworkAclAssociation SubnetRouteTableAssociation TrafficMirrorFilter TrafficMirrorFilterRule
    TrafficMirrorSession TrafficMirrorTarget TransitGateway TransitGatewayAttachment
    TransitGatewayConnect TransitGatewayConnectPeer TransitGatewayMeteringPolicy
    TransitGatewayMeteringPolicyEntry TransitGatewayMulticastDomain
    TransitGatewayMulticastDomainAssociation TransitGatewayMulticastGroupMember
    TransitGatewayMulticastGroupSource TransitGatewayPeeringAttachment TransitGatewayRoute
    TransitGatewayRouteTable TransitGatewayRouteTableAssociation TransitGatewayRouteTablePropagation
    TransitGatewayVpcAttachment VPC VPCBlockPublicAccessExclusion VPCBlockPublicAccessOptions
    VPCCidrBlock VPCDHCPOptionsAssociation VPCEncryptionControl VPCEndpoint
    VPCEndpointConnectionNotification VPCEndpointService VPCEndpointServicePermissions
    VPCGatewayAttachment VPCPeeringConnection VPNConcentrator VPNConnection VPNConnectionRoute
    VPNGateway VPNGatewayRoutePropagation VerifiedAccessEndpoint VerifiedAccessGroup
    VerifiedAccessInstance VerifiedAccessTrustProvider Volume VolumeAttachment
  `,
  ElasticLoadBalancingV2:
    "Listener ListenerCertificate ListenerRule LoadBalancer TargetGroup TrustStore TrustStoreRevocation",
  ECS: `
    CapacityProvider Cluster ClusterCapacityProviderAssociations Daemon DaemonTaskDefinition
    ExpressGatewayService PrimaryTaskSet Service TaskDefinition TaskSet
  `,
  Logs: `
    AccountPolicy Delivery DeliveryDestination DeliverySource Destination Integration LogAnomalyDetector
    LogGroup LogStream MetricFilter QueryDefinition ResourcePolicy ScheduledQuery SubscriptionFilter
    Transformer
  `,
  CloudWatch:
    "Alarm AlarmMuteRule AnomalyDetector CompositeAlarm Dashboard InsightRule MetricStream OTelEnrichment",
  ApplicationAutoScaling: "ScalableTarget ScalingPolicy",
  SNS: "Subscription Topic TopicInlinePolicy TopicPolicy",
  DynamoDB: "GlobalTable Table",
  S3: `
    AccessGrant AccessGrantsInstance AccessGrantsLocation AccessPoint Bucket BucketPolicy
    MultiRegionAccessPoint MultiRegionAccessPointPolicy StorageLens StorageLensGroup
  `,
  CodeDeploy: "Application DeploymentConfig DeploymentGroup",
  Route53: "CidrCollection DNSSEC HealthCheck HostedZone KeySigningKey RecordSet RecordSetGroup",
  CertificateManager: "Account Certificate",
  SecretsManager: "ResourcePolicy RotationSchedule Secret SecretTargetAttachment",
  SSM: `
    Association Document MaintenanceWindow MaintenanceWindowTarget MaintenanceWindowTask Parameter
    PatchBaseline ResourceDataSync ResourcePolicy
  `,
  KMS: "Alias Key ReplicaKey",
  ECR: `
    PublicRepository PullThroughCacheRule PullTimeUpdateExclusion RegistryPolicy
    RegistryScanningConfiguration ReplicationConfiguration Repository RepositoryCreationTemplate
    SigningConfiguration
  `,
  Events: "ApiDestination Archive Connection Endpoint EventBus EventBusPolicy Rule",
  Scheduler: "Schedule ScheduleGroup",
  ServiceDiscovery: "HttpNamespace Instance PrivateDnsNamespace PublicDnsNamespace Service",
};

const typesOf = ([service, list]: [string, string]): string[] =>
  list
    .trim()
    .split(/\s+/)
    .map((name) => `AWS::${service}::${name}`);

/** What SAM makes for the events of functions; no template can declare these, whose names are no CloudFormation types. */
export const implicitApi = "SAM's implicit API";
export const functionEvents = "SAM's events of a function";

const inertTypes: ReadonlySet<string> = new Set([
  ...Object.entries(names).flatMap(typesOf),
  ...["AWS::Serverless::SimpleTable", implicitApi, functionEvents],
]);

export const isInert = (type: string): boolean => inertTypes.has(type);

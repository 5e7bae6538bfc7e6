// What Ref and Fn::GetAtt give for resources that a template has and the twin does not serve. {name}: of the property
// `name`, or made up; {lower}: the same in small letters; {id}, {uuid}: made up. Attributes as CloudFormation's resource
// schemas list them; one that is not here is refused by name.

export interface InertForm {
  /** The property that gives the resource its name. */
  readonly name?: string;
  readonly ref: string;
  readonly attributes?: Readonly<Record<string, string>>;
  /** Names of attributes whose form is not known: a made-up text, or a list of one. */
  readonly opaque?: string;
  readonly lists?: string;
}

const regional = (service: string, resource: string): string =>
  `arn:aws:${service}:{region}:{account}:${resource}`;
const balancer = (kind: string): string => regional("elasticloadbalancing", `${kind}/{name}/{id}`);

export const inertForms: Readonly<Record<string, InertForm>> = {
  "AWS::EC2::VPC": {
    ref: "vpc-{id}",
    attributes: { VpcId: "vpc-{id}" },
    opaque: "CidrBlock DefaultNetworkAcl DefaultSecurityGroup",
    lists: "CidrBlockAssociations Ipv6CidrBlocks",
  },
  "AWS::EC2::Subnet": {
    ref: "subnet-{id}",
    attributes: { SubnetId: "subnet-{id}", AvailabilityZone: "{region}a" },
    opaque: "CidrBlock VpcId NetworkAclAssociationId",
    lists: "Ipv6CidrBlocks",
  },
  "AWS::EC2::SecurityGroup": {
    ref: "sg-{id}",
    attributes: { GroupId: "sg-{id}", Id: "sg-{id}" },
    opaque: "VpcId GroupName",
  },
  "AWS::EC2::RouteTable": { ref: "rtb-{id}", attributes: { RouteTableId: "rtb-{id}" } },
  "AWS::EC2::InternetGateway": { ref: "igw-{id}", attributes: { InternetGatewayId: "igw-{id}" } },
  "AWS::EC2::EIP": {
    ref: "203.0.113.1",
    attributes: { AllocationId: "eipalloc-{id}", PublicIp: "203.0.113.1" },
  },
  "AWS::EC2::NatGateway": { ref: "nat-{id}", attributes: { NatGatewayId: "nat-{id}" } },
  "AWS::EC2::VPCEndpoint": {
    ref: "vpce-{id}",
    attributes: { Id: "vpce-{id}" },
    lists: "DnsEntries NetworkInterfaceIds",
  },
  "AWS::ElasticLoadBalancingV2::LoadBalancer": {
    name: "Name",
    ref: balancer("loadbalancer/app"),
    attributes: {
      LoadBalancerArn: balancer("loadbalancer/app"),
      DNSName: "{name}-{id}.{region}.elb.amazonaws.com",
      LoadBalancerFullName: "app/{name}/{id}",
      LoadBalancerName: "{name}",
    },
    opaque: "CanonicalHostedZoneID",
    lists: "SecurityGroups",
  },
  "AWS::ElasticLoadBalancingV2::TargetGroup": {
    name: "Name",
    ref: balancer("targetgroup"),
    attributes: {
      TargetGroupArn: balancer("targetgroup"),
      TargetGroupFullName: "targetgroup/{name}/{id}",
      TargetGroupName: "{name}",
    },
    lists: "LoadBalancerArns",
  },
  "AWS::ElasticLoadBalancingV2::Listener": {
    ref: balancer("listener/app"),
    attributes: { ListenerArn: balancer("listener/app") },
  },
  "AWS::ElasticLoadBalancingV2::ListenerRule": {
    ref: balancer("listener-rule/app"),
    attributes: { RuleArn: balancer("listener-rule/app") },
  },
  "AWS::ECS::Cluster": {
    name: "ClusterName",
    ref: "{name}",
    attributes: { Arn: regional("ecs", "cluster/{name}") },
  },
  "AWS::ECS::Service": {
    name: "ServiceName",
    ref: regional("ecs", "service/{name}"),
    attributes: { Name: "{name}", ServiceArn: regional("ecs", "service/{name}") },
  },
  "AWS::ECS::TaskDefinition": {
    name: "Family",
    ref: regional("ecs", "task-definition/{name}:1"),
    attributes: { TaskDefinitionArn: regional("ecs", "task-definition/{name}:1") },
  },
  "AWS::Logs::LogGroup": {
    name: "LogGroupName",
    ref: "{name}",
    attributes: { Arn: regional("logs", "log-group:{name}:*") },
  },
  "AWS::CloudWatch::Alarm": {
    name: "AlarmName",
    ref: "{name}",
    attributes: { Arn: regional("cloudwatch", "alarm:{name}") },
  },
  "AWS::CloudWatch::CompositeAlarm": {
    name: "AlarmName",
    ref: "{name}",
    attributes: { Arn: regional("cloudwatch", "alarm:{name}") },
  },
  "AWS::CloudWatch::Dashboard": { name: "DashboardName", ref: "{name}" },
  "AWS::ApplicationAutoScaling::ScalableTarget": { ref: "{name}", opaque: "Id" },
  "AWS::ApplicationAutoScaling::ScalingPolicy": { ref: "{name}", opaque: "Arn" },
  "AWS::SNS::Topic": {
    name: "TopicName",
    ref: regional("sns", "{name}"),
    attributes: { TopicArn: regional("sns", "{name}"), TopicName: "{name}" },
  },
  "AWS::DynamoDB::Table": {
    name: "TableName",
    ref: "{name}",
    attributes: { Arn: regional("dynamodb", "table/{name}") },
    opaque: "StreamArn",
  },
  "AWS::DynamoDB::GlobalTable": {
    name: "TableName",
    ref: "{name}",
    attributes: { Arn: regional("dynamodb", "table/{name}"), TableId: "{uuid}" },
    opaque: "StreamArn",
  },
  "AWS::Serverless::SimpleTable": {
    name: "TableName",
    ref: "{name}",
    attributes: { Arn: regional("dynamodb", "table/{name}") },
  },
  "AWS::S3::Bucket": {
    name: "BucketName",
    ref: "{lower}",
    attributes: {
      Arn: "arn:aws:s3:::{lower}",
      DomainName: "{lower}.s3.amazonaws.com",
      RegionalDomainName: "{lower}.s3.{region}.amazonaws.com",
      DualStackDomainName: "{lower}.s3.dualstack.{region}.amazonaws.com",
      WebsiteURL: "http://{lower}.s3-website-{region}.amazonaws.com",
    },
  },
  "AWS::Route53::HostedZone": { ref: "Z{id}", attributes: { Id: "Z{id}" }, lists: "NameServers" },
  "AWS::Route53::RecordSet": { name: "Name", ref: "{name}" },
  "AWS::CertificateManager::Certificate": { ref: regional("acm", "certificate/{uuid}") },
  "AWS::SecretsManager::Secret": {
    name: "Name",
    ref: regional("secretsmanager", "secret:{name}-{id}"),
    attributes: { Id: regional("secretsmanager", "secret:{name}-{id}") },
  },
  "AWS::SSM::Parameter": { name: "Name", ref: "{name}", opaque: "Type Value" },
  "AWS::KMS::Key": {
    ref: "{uuid}",
    attributes: { Arn: regional("kms", "key/{uuid}"), KeyId: "{uuid}" },
  },
  "AWS::KMS::Alias": { name: "AliasName", ref: "{name}" },
  "AWS::ECR::Repository": {
    name: "RepositoryName",
    ref: "{name}",
    attributes: {
      Arn: regional("ecr", "repository/{name}"),
      RepositoryUri: "{account}.dkr.ecr.{region}.amazonaws.com/{name}",
    },
  },
  "AWS::Events::EventBus": {
    name: "Name",
    ref: "{name}",
    attributes: { Arn: regional("events", "event-bus/{name}"), Name: "{name}" },
  },
  "AWS::Events::Rule": {
    name: "Name",
    ref: "{name}",
    attributes: { Arn: regional("events", "rule/{name}") },
  },
  "AWS::Scheduler::Schedule": { name: "Name", ref: "{name}", opaque: "Arn" },
  "AWS::Scheduler::ScheduleGroup": {
    name: "Name",
    ref: "{name}",
    attributes: { Arn: regional("scheduler", "schedule-group/{name}") },
  },
  "AWS::ServiceDiscovery::PrivateDnsNamespace": {
    ref: "ns-{id}",
    attributes: { Id: "ns-{id}", Arn: regional("servicediscovery", "namespace/ns-{id}") },
    opaque: "HostedZoneId",
  },
  "AWS::ServiceDiscovery::HttpNamespace": {
    ref: "ns-{id}",
    attributes: { Id: "ns-{id}", Arn: regional("servicediscovery", "namespace/ns-{id}") },
  },
  "AWS::ServiceDiscovery::Service": {
    name: "Name",
    ref: "srv-{id}",
    attributes: { Id: "srv-{id}", Arn: regional("servicediscovery", "service/srv-{id}"), Name: "{name}" },
  },
};

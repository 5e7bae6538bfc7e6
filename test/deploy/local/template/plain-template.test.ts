// A template of a service on Fargate, as large ones are: nothing in it is served here but its roles, and it must load.
import { firstFunction, fn, resource, samTemplate, templateFolder } from "./sample-template.js";

const folder = templateFolder();
afterAll(() => folder.remove());

const fargate = `
AWSTemplateFormatVersion: "2010-09-09"
Description: A service on Fargate behind a load balancer.
Parameters:
  VpcId: { Type: AWS::EC2::VPC::Id, Default: vpc-1 }
  SubnetIds: { Type: List<AWS::EC2::Subnet::Id>, Default: "subnet-1,subnet-2" }
  CertificateArn: { Type: String, Default: "" }
  MaxTasks: { Type: Number, Default: 4, MinValue: 1, MaxValue: 100 }
Mappings:
  Sizes: { small: { Cpu: "256", Memory: "512" } }
Conditions:
  HasCertificate: !Not [!Equals [!Ref CertificateArn, ""]]
  HasNone: !Not [!Condition HasCertificate]
Resources:
  Logs:
    Type: AWS::Logs::LogGroup
    DeletionPolicy: Retain
    UpdateReplacePolicy: Retain
    Properties: { LogGroupName: !Sub "/ecs/\${AWS::StackName}", RetentionInDays: 30 }
  BalancerGroup:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: From the internet
      VpcId: !Ref VpcId
      SecurityGroupIngress:
        - { IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 0.0.0.0/0 }
  TaskGroup:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: From the balancer
      VpcId: !Ref VpcId
      SecurityGroupIngress:
        - { IpProtocol: tcp, FromPort: 8080, ToPort: 8080, SourceSecurityGroupId: !GetAtt BalancerGroup.GroupId }
  Balancer:
    Type: AWS::ElasticLoadBalancingV2::LoadBalancer
    Properties:
      Type: application
      Subnets: !Ref SubnetIds
      SecurityGroups: [!Ref BalancerGroup]
      LoadBalancerAttributes: [{ Key: idle_timeout.timeout_seconds, Value: "1000" }]
  Target:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    Properties: { Port: 8080, Protocol: HTTP, TargetType: ip, VpcId: !Ref VpcId, HealthCheckPath: /healthz }
  Secure:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Condition: HasCertificate
    Properties:
      LoadBalancerArn: !Ref Balancer
      Port: 443
      Protocol: HTTPS
      Certificates: [{ CertificateArn: !Ref CertificateArn }]
      DefaultActions: [{ Type: forward, TargetGroupArn: !Ref Target }]
  Insecure:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Condition: HasNone
    Properties:
      LoadBalancerArn: !Ref Balancer
      Port: 80
      Protocol: HTTP
      DefaultActions: [{ Type: forward, TargetGroupArn: !Ref Target }]
  Cluster:
    Type: AWS::ECS::Cluster
    Properties: { ClusterSettings: [{ Name: containerInsights, Value: enabled }] }
  ExecutionRole:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement: [{ Effect: Allow, Principal: { Service: ecs-tasks.amazonaws.com }, Action: sts:AssumeRole }]
      ManagedPolicyArns: [!Sub "arn:\${AWS::Partition}:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"]
  TaskRole:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement: [{ Effect: Allow, Principal: { Service: ecs-tasks.amazonaws.com }, Action: sts:AssumeRole }]
      Policies:
        - PolicyName: lend
          PolicyDocument:
            Version: "2012-10-17"
            Statement: [{ Effect: Allow, Action: [sts:AssumeRole, sts:TagSession], Resource: !GetAtt InvokeRole.Arn }]
  InvokeRole:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement: [{ Effect: Allow, Principal: { AWS: !Ref AWS::AccountId }, Action: [sts:AssumeRole, sts:TagSession] }]
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      Family: !Sub "\${AWS::StackName}-gateway"
      Cpu: !FindInMap [Sizes, small, Cpu]
      Memory: !FindInMap [Sizes, small, Memory]
      NetworkMode: awsvpc
      RequiresCompatibilities: [FARGATE]
      ExecutionRoleArn: !GetAtt ExecutionRole.Arn
      TaskRoleArn: !GetAtt TaskRole.Arn
      ContainerDefinitions:
        - Name: gateway
          Image: !Sub "\${Images.RepositoryUri}:latest"
          StopTimeout: 120
          PortMappings: [{ ContainerPort: 8080 }]
          LogConfiguration:
            LogDriver: awslogs
            Options: { awslogs-group: !Ref Logs, awslogs-region: !Ref AWS::Region, awslogs-stream-prefix: g }
  Images: { Type: AWS::ECR::Repository }
  Service:
    Type: AWS::ECS::Service
    DependsOn: Insecure
    Properties:
      Cluster: !Ref Cluster
      TaskDefinition: !Ref Task
      DesiredCount: 2
      LaunchType: FARGATE
      NetworkConfiguration:
        AwsvpcConfiguration: { Subnets: !Ref SubnetIds, SecurityGroups: [!GetAtt TaskGroup.GroupId] }
      LoadBalancers: [{ ContainerName: gateway, ContainerPort: 8080, TargetGroupArn: !Ref Target }]
  Scalable:
    Type: AWS::ApplicationAutoScaling::ScalableTarget
    Properties:
      ServiceNamespace: ecs
      ScalableDimension: ecs:service:DesiredCount
      ResourceId: !Sub "service/\${Cluster}/\${Service.Name}"
      MinCapacity: 2
      MaxCapacity: !Ref MaxTasks
  Scaling:
    Type: AWS::ApplicationAutoScaling::ScalingPolicy
    Properties: { PolicyName: load, PolicyType: TargetTrackingScaling, ScalingTargetId: !Ref Scalable }
  Alerts: { Type: AWS::SNS::Topic }
  Errors:
    Type: AWS::CloudWatch::Alarm
    Properties:
      Namespace: AWS/ApplicationELB
      MetricName: HTTPCode_ELB_5XX_Count
      Dimensions: [{ Name: LoadBalancer, Value: !GetAtt Balancer.LoadBalancerFullName }]
      AlarmActions: [!Ref Alerts]
  Board:
    Type: AWS::CloudWatch::Dashboard
    Properties: { DashboardBody: !Sub '{"widgets":[{"title":"\${Target.TargetGroupFullName}"}]}' }
Outputs:
  Url:
    Value: !If [HasCertificate, !Sub "https://\${Balancer.DNSName}", !Sub "http://\${Balancer.DNSName}"]
    Export: { Name: !Sub "\${AWS::StackName}-url" }
`
  .replace("&none", "")
  .replace("[!!str Insecure]", "Insecure");

test("a Fargate service's template loads: three roles, no function, and a notice for each type", async () => {
  const { roles, functions, notices } = await folder.load(fargate);
  expect(functions).toEqual([]);
  expect(roles.map(({ place, policies }) => [place, policies.length])).toEqual([
    ["Resources.ExecutionRole", 1],
    ["Resources.TaskRole", 1],
    ["Resources.InvokeRole", 0],
  ]);
  expect(roles[1]?.policies[0]?.document.statements[0]?.resources).toEqual([roles[2]?.arn]);
  expect(notices).toHaveLength(15);
  expect(notices.at(-1)).toBe(
    "Resources: no function is among them, so there is none to call; roles can be assumed",
  );
  expect(notices).toContain(
    "Resources.BalancerGroup, Resources.TaskGroup: AWS::EC2::SecurityGroup is named here, not served",
  );
});

test.each([
  ["!Ref Cluster", "!Ref Clusta", 'Resources.Service.Properties.Cluster: Ref "Clusta" names nothing'],
  ["Balancer.DNSName", "Balancer.DnsName", "Outputs.Url.Value: ${Balancer.DnsName} in Fn::Sub names nothing"],
  ["DependsOn: Insecure", "DependsOn: Unsure", 'Resources.Service.DependsOn: "Unsure" is not a resource'],
  ["sts:TagSession], Resource", "sts:TagSesion], Resource", "Resources.TaskRole.Properties.Policies[0]"],
  [
    "AWS::ECS::Cluster",
    "AWS::ECS::Clutser",
    "Resources.Cluster.Type: resource type AWS::ECS::Clutser is not",
  ],
  [
    "Cpu: !FindInMap [Sizes, small, Cpu]",
    "Cpu: !FindInMap [Sizes, smal, Cpu]",
    "Resources.Task.Properties.Cpu: ",
  ],
])("with %s misspelt as %s it does not", async (right, wrong, fault) => {
  expect(fargate).toContain(right);
  expect((await folder.faultsOf(fargate.replace(right, wrong))).join("\n")).toContain(fault);
});

test.each([
  ["AWS::SQS::Queue", "QueueName: q", "Arn", "arn:aws:sqs:eu-west-1:123456789012:q"],
  ["AWS::SQS::Queue", "QueueName: q", undefined, "https://sqs.eu-west-1.amazonaws.com/123456789012/q"],
  ["AWS::SNS::Topic", "TopicName: t", undefined, "arn:aws:sns:eu-west-1:123456789012:t"],
  ["AWS::DynamoDB::Table", "TableName: t", "Arn", "arn:aws:dynamodb:eu-west-1:123456789012:table/t"],
  ["AWS::Serverless::SimpleTable", "TableName: t", "Arn", "arn:aws:dynamodb:eu-west-1:123456789012:table/t"],
  ["AWS::S3::Bucket", "BucketName: b", "Arn", "arn:aws:s3:::b"],
  ["AWS::S3::Bucket", "BucketName: b", "RegionalDomainName", "b.s3.eu-west-1.amazonaws.com"],
  [
    "AWS::Logs::LogGroup",
    "LogGroupName: /a/b",
    "Arn",
    "arn:aws:logs:eu-west-1:123456789012:log-group:/a/b:*",
  ],
  ["AWS::Events::EventBus", "Name: e", "Arn", "arn:aws:events:eu-west-1:123456789012:event-bus/e"],
  [
    "AWS::ECR::Repository",
    "RepositoryName: r",
    "RepositoryUri",
    "123456789012.dkr.ecr.eu-west-1.amazonaws.com/r",
  ],
])("%s { %s } has %s", async (type, properties, attribute, expected) => {
  const value = attribute === undefined ? "!Ref X" : `!GetAtt X.${attribute}`;
  const text = samTemplate(fn(`Environment: { Variables: { VALUE: ${value} } }`), resource(type, properties));
  expect(firstFunction(await folder.load(text)).environment).toEqual({ VALUE: expected });
});

test("a type without a known form has a Ref and no attributes", async () => {
  const use = (value: string): string =>
    samTemplate(fn(`Description: ${value}`), resource("AWS::EC2::FlowLog", ""));
  expect(await folder.faultsOf(use("!Ref X"))).toEqual([]);
  expect(await folder.faultsOf(use("!GetAtt X.Id"))).toEqual([
    'Resources.Fn.Properties.Description: Fn::GetAtt ["X","Id"] names nothing that the local twin knows',
  ]);
});
